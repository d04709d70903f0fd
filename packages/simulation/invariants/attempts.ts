import { milliseconds } from '../../../lambdas/core/duration.ts';
import type { Act, StoryHistory } from '../history-of-story.ts';
import { byTarget, type Most, tooMany } from './acts-in-time.ts';
import { inWords } from './in-flight.ts';
import type { Invariant } from './invariant.ts';

/** Clocks differ by as much at either end of the period. */
function allowed({ by }: Act, { policies, skew }: StoryHistory): Most | undefined {
  const { attempts } = policies.get(by.policy ?? '')?.guardrails ?? {};
  return attempts && { acts: attempts.most, milliseconds: milliseconds(attempts.per) - 2 * skew };
}

export const attempts: Invariant = {
  name: 'no more acts on a target in the period than the policy that acts allows',
  breaches: (history) =>
    byTarget(history.acts)
      .flatMap((own) =>
        tooMany(
          own,
          ({ by }) => by.startedAt,
          (act) => allowed(act, history),
        ),
      )
      .map(({ act }) => `${inWords(act, history)} is one too many`),
};
