import { type Instant, milliseconds } from '../../../lambdas/core/duration.ts';
import type { Act, StoryHistory } from '../history-of-story.ts';
import { inWords } from './in-flight.ts';
import type { Invariant } from './invariant.ts';

/** An act is paid for when triage claims it, at most so long, with clocks that differ, after its state was entered. */
const CLAIMED_WITHIN_MILLISECONDS = 2 * 60_000;

/** When the act was decided on: the last time that its workflow went to triage before it. */
function decidedAt({ by }: Act, { executions }: StoryHistory): Instant {
  const visits = executions.get(by.execution ?? '')?.visits ?? [];
  return visits.findLast(({ state, at }) => state === 'Triage' && at <= by.startedAt)?.at ?? by.startedAt;
}

/** For each act the acts of the whole pipeline, itself included, in the period of its policy's budget. */
export function actsInPeriods(history: StoryHistory): readonly { readonly act: Act; readonly acts: number; readonly limit: number }[] {
  const decided = history.acts.map((act) => ({ act, at: decidedAt(act, history) })).sort((left, right) => left.at - right.at);
  let first = 0;
  return decided.flatMap(({ act, at }, index) => {
    const { budget } = history.policies.get(act.by.policy ?? '')?.guardrails ?? {};
    if (!budget) return [];
    const from = at - milliseconds(budget.per) + CLAIMED_WITHIN_MILLISECONDS;
    while ((decided[first]?.at ?? at) < from) first += 1;
    return [{ act, acts: index - first + 1, limit: budget.acts }];
  });
}

export const budget: Invariant = {
  name: 'no more acts of the whole pipeline in the period than its budget allows',
  breaches: (history) =>
    actsInPeriods(history)
      .filter(({ acts, limit }) => acts > limit)
      .map(({ act, acts, limit }) => `${inWords(act, history)}: ${acts} acts, ${limit} allowed`),
};
