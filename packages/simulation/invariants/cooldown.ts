import { milliseconds } from '../../../lambdas/core/duration.ts';
import type { Act, StoryHistory } from '../history-of-story.ts';
import { tooSoon } from './acts-in-time.ts';
import { inWords } from './in-flight.ts';
import type { Invariant } from './invariant.ts';

/** The longer cooldown of both counts, from the start of the step that acted, by clocks that differ. */
function waitBetween(acts: readonly Act[], { policies, skew }: StoryHistory): number {
  const cooldowns = acts.flatMap(({ by }) => policies.get(by.policy ?? '')?.guardrails.cooldown ?? []);
  return Math.max(...cooldowns.map(milliseconds)) - 2 * skew;
}

export const cooldown: Invariant = {
  name: 'no two acts on a target within the cooldown',
  breaches: (history) =>
    tooSoon(
      history.acts,
      ({ by }) => by.startedAt,
      (...acts) => waitBetween(acts, history),
    ).map(([earlier, later]) => `${inWords(later, history)} soon after ${inWords(earlier, history)}`),
};
