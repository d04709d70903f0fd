import { AwsError } from '../../gateway/service.ts';
import type { CompositeAlarmInput, MetricAlarmInput } from './alarm-definition.ts';
import type { EvaluatedState } from './alarm-evaluation.ts';
import type { AccountRegion } from './alarm-notification.ts';
import {
  type AlarmRecord,
  type ContributorRecord,
  contributorId,
  initialState,
  type MetricAlarmRecord,
  type RecordedState,
} from './alarm-record.ts';
import { type Dimensions, dimensionKey } from './dimensions.ts';

/** A change of state that must be told to the world, in the order in which it happened. */
export type AlarmChange =
  | { readonly kind: 'state'; readonly record: AlarmRecord; readonly previous: RecordedState }
  | { readonly kind: 'contributor'; readonly record: MetricAlarmRecord; readonly contributor: ContributorRecord };

/** All alarms with their states. It writes states and history, and says what changed; sending is the announcer's job. */
export class AlarmBook {
  readonly #records = new Map<string, AlarmRecord>();
  readonly #place: AccountRegion;

  constructor(place: AccountRegion) {
    this.#place = place;
  }

  all(): readonly AlarmRecord[] {
    return [...this.#records.values()];
  }

  find(name: string): AlarmRecord | undefined {
    return this.#records.get(name);
  }

  get(name: string): AlarmRecord {
    const record = this.#records.get(name);
    if (!record) throw new AwsError('ResourceNotFound', `Unknown alarm: ${name}`, 404);
    return record;
  }

  byArn(arn: string): AlarmRecord {
    const record = this.all().find((candidate) => candidate.arn === arn);
    if (!record) throw new AwsError('ResourceNotFoundException', `Unknown resource: ${arn}`, 404);
    return record;
  }

  /** Creates or updates. An update keeps the state, as on AWS; the next evaluation decides. */
  put(
    definition: { kind: 'metric'; input: MetricAlarmInput } | { kind: 'composite'; input: CompositeAlarmInput },
    tags: Dimensions,
    nowMs: number,
  ): AlarmRecord {
    const name = definition.input.AlarmName;
    const existing = this.#records.get(name);
    if (existing && existing.kind !== definition.kind) throw new AwsError('ValidationError', `${name} exists as another type of alarm`);
    const record = existing ?? this.#create(definition, nowMs);
    record.input = definition.input;
    record.configuredAtMs = nowMs;
    delete record.notEvaluated;
    if (!existing) for (const [key, value] of Object.entries(tags)) record.tags.set(key, value);
    const summary = `Alarm "${name}" ${existing ? 'updated' : 'created'}`;
    record.history.push({ atMs: nowMs, type: 'ConfigurationUpdate', summary, data: JSON.stringify(definition.input) });
    return record;
  }

  delete(name: string): void {
    this.#records.delete(name);
  }

  /** Writes a state and gives the change to announce. The same value again changes nothing: the reason stays that of the transition. */
  setState(record: AlarmRecord, next: EvaluatedState, nowMs: number): AlarmChange[] {
    const previous = record.state;
    if (previous.value === next.value) return [];
    record.state = { ...next, updatedAtMs: nowMs, transitionedAtMs: nowMs };
    const data = JSON.stringify({
      version: '1.0',
      oldState: { stateValue: previous.value },
      newState: { stateValue: next.value, stateReason: next.reason },
    });
    record.history.push({ atMs: nowMs, type: 'StateUpdate', summary: `Alarm updated from ${previous.value} to ${next.value}`, data });
    return [{ kind: 'state', record, previous }];
  }

  /** Writes a contributor's state. A series seen for the first time begins as OK, so only its ALARM is a change. */
  setContributor(
    record: MetricAlarmRecord,
    next: { readonly attributes: Dimensions; readonly value: 'ALARM' | 'OK'; readonly reason: string },
    nowMs: number,
  ): AlarmChange[] {
    const key = dimensionKey(next.attributes);
    const previous = record.contributors.get(key);
    if (previous?.value === next.value) return [];
    const contributor: ContributorRecord = {
      id: contributorId(record.arn, next.attributes),
      attributes: next.attributes,
      value: next.value,
      reason: next.reason,
      transitionedAtMs: nowMs,
    };
    record.contributors.set(key, contributor);
    if (!previous && next.value === 'OK') return [];
    const summary = `Alarm contributor ${contributor.id} updated to ${next.value}`;
    record.history.push({ atMs: nowMs, type: 'AlarmContributorStateUpdate', summary, data: JSON.stringify(contributor), contributor });
    return [{ kind: 'contributor', record, contributor }];
  }

  #create(
    definition: { kind: 'metric'; input: MetricAlarmInput } | { kind: 'composite'; input: CompositeAlarmInput },
    nowMs: number,
  ): AlarmRecord {
    const { region, accountId } = this.#place;
    const shared = {
      arn: `arn:aws:cloudwatch:${region}:${accountId}:alarm:${definition.input.AlarmName}`,
      configuredAtMs: nowMs,
      state: initialState(nowMs),
      tags: new Map<string, string>(),
      history: [],
    };
    const record: AlarmRecord =
      definition.kind === 'metric' ? { ...shared, ...definition, contributors: new Map() } : { ...shared, ...definition };
    this.#records.set(definition.input.AlarmName, record);
    return record;
  }
}
