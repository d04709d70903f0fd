import { milliseconds } from '../../../lambdas/core/duration.ts';
import type { Act, StoryHistory } from '../history-of-story.ts';
import { tooSoon } from './acts-in-time.ts';
import { inWords } from './in-flight.ts';
import type { Invariant } from './invariant.ts';

/** The cooldown counts from the start of the step that acted, by clocks that differ. */
function waitBefore({ by }: Act, { policies, skew }: StoryHistory): number {
  const policy = policies.get(by.policy ?? '');
  return policy ? milliseconds(policy.guardrails.cooldown) - 2 * skew : Number.NEGATIVE_INFINITY;
}

export const cooldown: Invariant = {
  name: 'no two acts on a target within the cooldown',
  breaches: (history) =>
    tooSoon(
      history.acts,
      ({ by }) => by.startedAt,
      (later) => waitBefore(later, history),
    ).map(([earlier, later]) => `${inWords(later, history)} soon after ${inWords(earlier, history)}`),
};
