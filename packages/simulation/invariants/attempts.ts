import { milliseconds } from '../../../lambdas/core/duration.ts';
import type { Act, StoryHistory } from '../history-of-story.ts';
import { inWords } from './in-flight.ts';
import type { Invariant } from './invariant.ts';

/** The acts on the target in the period before an act, itself included. */
function inPeriod(acts: readonly Act[], last: Act, periodMilliseconds: number, { skew }: StoryHistory): number {
  return acts.filter(({ at, by }) => at <= last.at && by.startedAt > last.at - periodMilliseconds + 2 * skew).length;
}

export const attempts: Invariant = {
  name: 'no more acts on a target in the period than the policy that acts allows',
  breaches: (history) =>
    [...Map.groupBy(history.acts, ({ target }) => target).values()].flatMap((acts) =>
      acts
        .filter((act) => {
          const { attempts } = history.policies.get(act.by.policy ?? '')?.guardrails ?? {};
          return attempts !== undefined && inPeriod(acts, act, milliseconds(attempts.per), history) > attempts.most;
        })
        .map((act) => `${inWords(act, history)} is one too many`),
    ),
};
