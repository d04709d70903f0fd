import type { StandingAlarm } from '../standing-alarm.ts';
import type { FailedCheck } from '../status-check.ts';

/** The rules of the pipeline's policies: the one door for signals, and the list of what is watched. */
export interface SignalRules {
  /** The names of all alarms that the pipeline's rules match. */
  watchedAlarms(): Promise<readonly string[]>;
  /** Tells the rules of alarms that are in ALARM, as CloudWatch did when they entered it. */
  tellAgain(standing: readonly StandingAlarm[]): Promise<void>;
}

/** Failed status checks, told to the rules of the pipeline's policies. */
export interface FailedCheckEvents {
  tell(failed: readonly FailedCheck[]): Promise<void>;
}
