import type { AlarmBook, AlarmChange } from './alarm-book.ts';
import type { AlarmStateValue } from './alarm-definition.ts';
import { type AlarmEvaluation, evaluateAlarm, NO_CONTRIBUTOR_DATA } from './alarm-evaluation.ts';
import type { AlarmRecord, CompositeAlarmRecord, MetricAlarmRecord } from './alarm-record.ts';
import { alarmNameOf } from './alarm-rule.ts';
import { type ChildAlarm, evaluateComposite, readsAlarm } from './composite-evaluation.ts';
import { type Dimensions, dimensionKey } from './dimensions.ts';
import type { TagsOf } from './insights-run.ts';
import type { MetricReader } from './metric-store.ts';
import { NotEvaluated } from './not-evaluated.ts';

/** A state given by SetAlarmState. */
export interface HandSetState {
  readonly value: AlarmStateValue;
  readonly reason: string;
  readonly reasonData?: string;
}

export interface EngineSettings {
  readonly secondsPerPeriodScale: number;
  /** How long a state set by hand stands before the ordinary evaluation decides again. */
  readonly handSetHoldMs: number;
}

/** Moves alarms from state to state: by evaluation, by hand, and composites by their children. Synchronous; it only returns what changed. */
export class AlarmEngine {
  readonly #book: AlarmBook;
  readonly #metrics: MetricReader;
  readonly #settings: EngineSettings;

  constructor(book: AlarmBook, metrics: MetricReader, settings: EngineSettings) {
    this.#book = book;
    this.#metrics = metrics;
    this.#settings = settings;
  }

  /** Evaluates every metric alarm that no hand holds, and the composites above those that changed. */
  evaluateAll(nowMs: number, tagsOf: TagsOf): AlarmChange[] {
    return this.#book.all().flatMap((record) => (record.kind === 'metric' ? this.#evaluateMetric(record, nowMs, tagsOf) : []));
  }

  /** Sets a state at once. A metric alarm holds it for a fixed time; a composite keeps it until a child changes, as on AWS. */
  setByHand(name: string, state: HandSetState, nowMs: number, tagsOf: TagsOf): AlarmChange[] {
    const record = this.#book.get(name);
    if (record.state.value === state.value) record.state = { ...record.state, ...state, updatedAtMs: nowMs };
    if (record.kind === 'composite') return this.#withComposites(record, this.#book.setState(record, state, nowMs), nowMs);
    record.heldUntilMs = nowMs + this.#settings.handSetHoldMs;
    const followers = this.#contributorsFollowing(record, state, nowMs, tagsOf);
    const changes = [
      ...followers.flatMap((attributes) =>
        this.#book.setContributor(record, { attributes, value: state.value === 'ALARM' ? 'ALARM' : 'OK', reason: state.reason }, nowMs),
      ),
      ...this.#book.setState(record, state, nowMs),
    ];
    return this.#withComposites(record, changes, nowMs);
  }

  /** Decides a composite that was just created or updated. */
  evaluateNewComposite(record: CompositeAlarmRecord, nowMs: number): AlarmChange[] {
    return this.#evaluateComposite(record, undefined, nowMs);
  }

  #evaluateMetric(record: MetricAlarmRecord, nowMs: number, tagsOf: TagsOf): AlarmChange[] {
    if (nowMs < (record.heldUntilMs ?? 0)) return [];
    const evaluation = this.#evaluation(record, nowMs, tagsOf);
    if (evaluation.kind === 'not-evaluated') {
      record.notEvaluated = evaluation.why;
      return [];
    }
    delete record.notEvaluated;
    const changes: AlarmChange[] = [];
    if (evaluation.kind === 'contributors') {
      for (const contributor of evaluation.contributors) {
        changes.push(...this.#book.setContributor(record, contributor, nowMs));
        if (contributor.reason === NO_CONTRIBUTOR_DATA) record.contributors.delete(dimensionKey(contributor.attributes));
      }
    }
    changes.push(...this.#book.setState(record, evaluation.state, nowMs));
    return this.#withComposites(record, changes, nowMs);
  }

  #evaluation(record: MetricAlarmRecord, nowMs: number, tagsOf: TagsOf): AlarmEvaluation {
    const previous = { value: record.state.value, contributors: [...record.contributors.values()] };
    const time = { nowMs, secondsPerPeriodScale: this.#settings.secondsPerPeriodScale };
    return evaluateAlarm(record.input, { metrics: this.#metrics, tagsOf }, previous, time);
  }

  /** Contributors that go along with a state set by hand: those that report now, or only the named ones of them. */
  #contributorsFollowing(record: MetricAlarmRecord, state: HandSetState, nowMs: number, tagsOf: TagsOf): readonly Dimensions[] {
    const evaluation = this.#evaluation(record, nowMs, tagsOf);
    if (evaluation.kind !== 'contributors') return [];
    const reporting = evaluation.contributors.filter(({ reason }) => reason !== NO_CONTRIBUTOR_DATA).map(({ attributes }) => attributes);
    const named = namedContributors(state.reasonData);
    if (!named || state.value !== 'ALARM') return reporting;
    return reporting.filter((attributes) => named.some((name) => Object.entries(name).every(([key, value]) => attributes[key] === value)));
  }

  #withComposites(record: AlarmRecord, changes: AlarmChange[], nowMs: number): AlarmChange[] {
    if (!changes.some((change) => change.kind === 'state')) return changes;
    const above = this.#book.all().filter((other) => other.kind === 'composite' && other !== record);
    const cause: ChildAlarm = { arn: record.arn, value: record.state.value, transitionedAtMs: record.state.transitionedAtMs };
    const further = above.flatMap((composite) =>
      composite.kind === 'composite' && this.#reads(composite, record.input.AlarmName)
        ? this.#evaluateComposite(composite, cause, nowMs)
        : [],
    );
    return [...changes, ...further];
  }

  #reads(composite: CompositeAlarmRecord, name: string): boolean {
    return composite.notEvaluated === undefined && readsAlarm(composite.input.AlarmRule, name);
  }

  #evaluateComposite(record: CompositeAlarmRecord, cause: ChildAlarm | undefined, nowMs: number): AlarmChange[] {
    try {
      const state = evaluateComposite(record.input.AlarmRule, (name) => this.#child(name), cause);
      delete record.suppressedBy;
      const suppressor = record.input.ActionsSuppressor;
      if (suppressor !== undefined && this.#child(alarmNameOf(suppressor))?.value === 'ALARM') record.suppressedBy = 'Alarm';
      return this.#withComposites(record, this.#book.setState(record, state, nowMs), nowMs);
    } catch (error) {
      if (!(error instanceof NotEvaluated)) throw error;
      record.notEvaluated = error.message;
      return [];
    }
  }

  #child(name: string): ChildAlarm | undefined {
    const record = this.#book.find(name);
    return record && { arn: record.arn, value: record.state.value, transitionedAtMs: record.state.transitionedAtMs };
  }
}

/** `{"contributors":[{"InstanceId":"i-..."}]}` in the reason data; anything else names nobody in particular. */
function namedContributors(reasonData: string | undefined): readonly Record<string, unknown>[] | undefined {
  if (reasonData === undefined) return undefined;
  const data: unknown = JSON.parse(reasonData);
  if (typeof data !== 'object' || data === null || !('contributors' in data) || !Array.isArray(data.contributors)) return undefined;
  return data.contributors.filter((entry): entry is Record<string, unknown> => typeof entry === 'object' && entry !== null);
}
