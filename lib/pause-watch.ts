import { Duration } from 'aws-cdk-lib';
import type { PauseWatch } from '../lambdas/core/pause-watch.ts';
import { knownOf, type NamesOf } from './known-names.ts';
import { PolicyError } from './policy-error.ts';
import { givenDuration } from './to-policy-duration.ts';

/** How people hear of a pipeline that is paused. */
export interface PauseProps {
  /**
   * A pause without an end that lasts longer makes the alarm `<pipeline>-watch-paused` go off. Prevents a pipeline that
   * was paused for an hour from being found paused after a month. From 1 hour to 7 days.
   * @default - 1 day
   */
  readonly alarmAfter?: Duration;
  /**
   * How often people are reminded while it lasts. Prevents a pause that only one person knows of. From 15 minutes to 1 day.
   * @default - 4 hours
   */
  readonly remindEvery?: Duration;
}

const pauseNames: NamesOf<PauseProps> = { alarmAfter: true, remindEvery: true };

/** @throws PolicyError for a time out of bounds, or a property that is not known */
export function toPauseWatch(props: PauseProps = {}): PauseWatch {
  const { alarmAfter = Duration.days(1), remindEvery = Duration.hours(4) } = knownOf(props, pauseNames, 'pause');
  const within = (name: string, given: Duration, least: Duration, most: Duration) => {
    const lasting = givenDuration(given, 'pause', name);
    if (given.toSeconds() >= least.toSeconds() && given.toSeconds() <= most.toSeconds()) return lasting;
    throw new PolicyError('pause', [
      `${name}: ${given.toHumanString()} is not allowed: from ${least.toHumanString()} to ${most.toHumanString()}`,
    ]);
  };
  return {
    alarmAfter: within('alarmAfter', alarmAfter, Duration.hours(1), Duration.days(7)),
    remindEvery: within('remindEvery', remindEvery, Duration.minutes(15), Duration.days(1)),
  };
}
