import type { Breaker } from '../../../lambdas/core/circuit-breaker.ts';
import type { StoryHistory, TaughtBreaker, WrittenResult } from '../history-of-story.ts';
import { groupedOnce } from './grouped-once.ts';
import type { Invariant } from './invariant.ts';

function failuresOf(breaker: Breaker): readonly string[] {
  return breaker.state === 'closed' ? breaker.failures.map(({ incident }) => incident) : [];
}

const resultsOf = groupedOnce(({ execution }: WrittenResult) => execution);
const resultsUnder = groupedOnce(({ policy }: WrittenResult) => policy);

/** The incident that a breaker counted against its policy when it was taught. */
function countedBy({ before, after, policy, at }: TaughtBreaker, { results }: StoryHistory): string | undefined {
  const counted = failuresOf(after).find((incident) => !failuresOf(before).includes(incident));
  if (counted !== undefined) return counted;
  if (after.state !== 'open' || before.state === 'open') return undefined;
  if (before.state === 'half-open') return before.trial;
  // The one that opened it is named nowhere: there must be one at all.
  const known = new Set(failuresOf(before));
  return resultsUnder(results, policy).some((written) => isInVain(written) && written.at <= at && !known.has(written.execution))
    ? undefined
    : 'an incident that is not known';
}

function isInVain({ acts, result }: WrittenResult): boolean {
  return acts && (result === 'failed' || result === 'not-recovered');
}

export const breakerLearns: Invariant = {
  name: 'a breaker learns only from cures that were carried out and did not help',
  breaches: (history) =>
    history.taught.flatMap((taught) => {
      const incident = countedBy(taught, history);
      if (incident === undefined) return [];
      const isEarned = resultsOf(history.results, incident).some((written) => written.at <= taught.at && isInVain(written));
      return isEarned ? [] : [`the breaker of ${taught.policy} counted ${incident.slice(0, 8)}, none of whose cures failed`];
    }),
};
