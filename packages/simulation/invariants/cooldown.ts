import { milliseconds } from '../../../lambdas/core/duration.ts';
import type { Act, StoryHistory } from '../history-of-story.ts';
import { inWords, neighbours } from './in-flight.ts';
import type { Invariant } from './invariant.ts';

/** The cooldown counts from the start of the step that acted, by clocks that differ. */
function isTooSoon(earlier: Act, later: Act, { policies, skew }: StoryHistory): boolean {
  const policy = policies.get(later.by.policy ?? '');
  return policy !== undefined && later.at - earlier.by.startedAt < milliseconds(policy.guardrails.cooldown) - 2 * skew;
}

export const cooldown: Invariant = {
  name: 'no two acts on a target within the cooldown',
  breaches: (history) =>
    [...Map.groupBy(history.acts, ({ target }) => target).values()].flatMap((acts) =>
      neighbours(acts)
        .filter(([earlier, later]) => isTooSoon(earlier, later, history))
        .map(([earlier, later]) => `${inWords(later, history)} soon after ${inWords(earlier, history)}`),
    ),
};
