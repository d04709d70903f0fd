import { type Instant, iso } from './duration.ts';
import { CONTRIBUTOR, type Contributor, PARENT, type SweptEvent } from './signal.ts';

/** An alarm, or one contributor of it, that is in ALARM now. */
export interface StandingAlarm {
  readonly alarmName: string;
  /** When it entered ALARM, by CloudWatch's clock: the same instant that its event carried. */
  readonly since: Instant;
  readonly reason: string;
  /** The one time series that is meant; absent for alarms on a single metric. */
  readonly contributor?: Contributor;
}

/** The event that CloudWatch sent, or should have sent, when the alarm entered ALARM. */
export function sweptEvent({ alarmName, since, reason, contributor }: StandingAlarm): SweptEvent {
  const detail = { alarmName, state: { value: 'ALARM', reason, timestamp: iso(since) } };
  return contributor ? { detailType: CONTRIBUTOR, detail: { ...detail, alarmContributor: contributor } } : { detailType: PARENT, detail };
}
