import { createHash } from 'node:crypto';
import type { AlarmStateValue, CompositeAlarmInput, MetricAlarmInput } from './alarm-definition.ts';
import type { EvaluatedState } from './alarm-evaluation.ts';
import { type Dimensions, dimensionKey } from './dimensions.ts';

/** A state with its times. `updatedAtMs` moves whenever the state is written, `transitionedAtMs` only when its value changes. */
export interface RecordedState extends EvaluatedState {
  readonly updatedAtMs: number;
  readonly transitionedAtMs: number;
}

export interface ContributorRecord {
  readonly id: string;
  readonly attributes: Dimensions;
  readonly value: 'ALARM' | 'OK';
  readonly reason: string;
  readonly transitionedAtMs: number;
}

export interface HistoryItem {
  readonly atMs: number;
  readonly type: 'ConfigurationUpdate' | 'StateUpdate' | 'Action' | 'AlarmContributorStateUpdate';
  readonly summary: string;
  readonly data: string;
  readonly contributor?: ContributorRecord;
}

interface SharedRecord {
  readonly arn: string;
  configuredAtMs: number;
  state: RecordedState;
  /** Named when this evaluator cannot compute the alarm; its state then only changes by hand. */
  notEvaluated?: string;
  readonly tags: Map<string, string>;
  readonly history: HistoryItem[];
}

export interface MetricAlarmRecord extends SharedRecord {
  readonly kind: 'metric';
  input: MetricAlarmInput;
  /** By dimension key; only series that reported or that were in ALARM. */
  readonly contributors: Map<string, ContributorRecord>;
  /** Until then a state set by hand stands. */
  heldUntilMs?: number;
}

export interface CompositeAlarmRecord extends SharedRecord {
  readonly kind: 'composite';
  input: CompositeAlarmInput;
  suppressedBy?: 'Alarm';
}

export type AlarmRecord = MetricAlarmRecord | CompositeAlarmRecord;

/** How every alarm begins. There is no event and no reason data for it. */
export function initialState(nowMs: number): RecordedState {
  return { value: 'INSUFFICIENT_DATA', reason: 'Unchecked: Initial alarm creation', updatedAtMs: nowMs, transitionedAtMs: nowMs };
}

/** Stable id of a series within an alarm: 16 hexadecimal characters, the most that AWS gives. */
export function contributorId(alarmArn: string, attributes: Dimensions): string {
  return createHash('sha256').update(alarmArn).update(dimensionKey(attributes)).digest('hex').slice(0, 16);
}

/** One line of the overview for tests and the report. */
export interface AlarmSummary {
  readonly name: string;
  readonly kind: 'metric' | 'composite';
  readonly state: AlarmStateValue;
  readonly reason: string;
  readonly contributors: readonly ContributorRecord[];
  readonly notEvaluated?: string;
}

export function summaryOf(record: AlarmRecord): AlarmSummary {
  return {
    name: record.input.AlarmName,
    kind: record.kind,
    state: record.state.value,
    reason: record.state.reason,
    contributors: record.kind === 'metric' ? [...record.contributors.values()] : [],
    ...(record.notEvaluated === undefined ? {} : { notEvaluated: record.notEvaluated }),
  };
}
