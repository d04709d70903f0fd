import { protectionAt } from '../../../lambdas/core/protected-window.ts';
import type { Act, StoryHistory } from '../history-of-story.ts';
import { inWords } from './in-flight.ts';
import type { Invariant } from './invariant.ts';
import { LONGEST_STEP_MILLISECONDS, lookBefore } from './looks.ts';

/** Windows are known beforehand and asked again at the act; a calendar was read for the decision. */
function protectedBy({ at, by }: Act, history: StoryHistory): string | undefined {
  const { protectedWindows = [], calendars = [] } = history.policies.get(by.policy ?? '')?.guardrails ?? {};
  const looked = at - LONGEST_STEP_MILLISECONDS - 2 * history.skew;
  if (protectionAt(protectedWindows, at) && protectionAt(protectedWindows, looked)) return 'a protected window';
  const frozen = history.freezes.find(
    ({ calendar, from, to }) => calendars.includes(calendar) && from <= at - lookBefore(history) && to > at,
  );
  return frozen && `the closed calendar ${frozen.calendar}`;
}

export const protectedTimes: Invariant = {
  name: 'nothing is changed in a protected window or while a change calendar is closed',
  breaches: (history) =>
    [...history.acts, ...history.returns].flatMap((act) => {
      const by = protectedBy(act, history);
      return by === undefined ? [] : [`${inWords(act, history)} in ${by}`];
    }),
};
