import type { Duration, Instant } from '../duration.ts';
import type { ProofMetric } from '../policy.ts';
import type { End } from '../reasons.ts';
import type { Contributor } from '../signal.ts';
import type { StandingAlarm } from '../standing-alarm.ts';

export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

/** An alarm that is in ALARM, as CloudWatch lists it. */
export interface AlarmInAlarm extends Omit<StandingAlarm, 'contributor'> {
  /** Whether it watches many time series, whose contributors are what is wrong. */
  readonly manySeries: boolean;
  /** Muted, its actions disabled, or suppressed by another alarm. */
  readonly quieted: boolean;
}

/** An alarm as a whole. */
export interface DescribedAlarm {
  readonly state: AlarmState;
  readonly reason: string;
  /** When it entered its state. @default - not known */
  readonly since?: Instant;
  /** CloudWatch's word for why it does not evaluate all of the alarm's data. @default - it does */
  readonly evaluation?: string;
  /** Its actions are switched off, as people do before maintenance. */
  readonly disabled?: true;
  /** What suppresses the actions of a composite alarm does so now; `perhaps` while CloudWatch still waits for it. */
  readonly suppressed?: true | 'perhaps';
}

export interface Alarms {
  /** One that is disabled, suppressed or muted still changes its state and sends events. */
  state(alarmName: string): Promise<DescribedAlarm | undefined>;
  /** Whether a mute rule that is active now names the alarm, which its description does not say. */
  isMuted(alarmName: string): Promise<boolean>;
  /**
   * The contributors that are in ALARM now. Of more than CloudWatch lists the rest is read by the alarm's query; `complete` is false where
   * that does not tell either.
   */
  contributorsInAlarm(
    alarmName: string,
  ): Promise<{ readonly contributors: readonly (Contributor & ContributorState)[]; readonly complete: boolean }>;
  /** Those of the alarms that are in ALARM now. */
  inAlarm(alarmNames: readonly string[]): Promise<readonly AlarmInAlarm[]>;
  /**
   * The beginning of the newest minute since the instant in which the metric has a datapoint with these dimensions; undefined when
   * there is none.
   */
  lastReport(proof: ProofMetric, dimensions: Readonly<Record<string, string>>, since: Instant, now: Instant): Promise<Instant | undefined>;
  /** The values of metrics by minutes since the instant, the lowest of each minute, oldest first; in the order of the metrics. */
  values(metrics: readonly MetricName[], since: Instant, now: Instant): Promise<readonly (readonly MetricValue[])[]>;
}

export interface MetricName {
  readonly namespace: string;
  readonly metric: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

export interface MetricValue {
  /** The beginning of its minute. */
  readonly at: Instant;
  readonly value: number;
}

export interface ContributorState {
  /** When it entered ALARM. */
  readonly since: Instant;
  readonly reason: string;
}

/** The sweep's own metrics. */
export interface SweepMetrics {
  /** A sweep came to its end; what is missing raises an alarm. */
  heartbeat(): void;
  repairs(count: number): void;
}

/** Tells CloudWatch whether a pause lasts longer than it should, for the alarm about it. */
export interface PauseMetrics {
  overdue(isOverdue: boolean): void;
}

/** Counts and times, by policy; never by target, since each combination of dimensions is billed. */
export interface IncidentMetrics {
  outcome(policy: string, end: End): void;
  timeToFirstAction(policy: string, span: Duration): void;
  timeToRecovery(policy: string, span: Duration): void;
  /** How a drill ended. It is no outcome: nothing was wrong. */
  drill(policy: string, end: End): void;
  /** A policy in shadow mode would have changed something now. */
  wouldAct(policy: string): void;
  /** A notice could not be sent by one of its ways; it raises an alarm. */
  notSent(): void;
}

/** The series that agents send. */
export interface AgentSeries {
  /** The instances from which a metric with exactly these dimensions arrived lately. */
  reporting(
    series: { readonly metric: string; readonly names: readonly string[]; readonly fixed: Readonly<Record<string, string>> },
    now: Instant,
  ): Promise<readonly string[]>;
}

/** Tells CloudWatch on how many instances of a fleet the agent could not be configured, and how many do not send what they should. */
export interface AgentMetrics {
  publish(fleet: string, counts: { readonly failed: number; readonly silent: number }): void;
}
