import type { Policy } from '../../../lambdas/core/policy.ts';
import type { StoryHistory } from '../history-of-story.ts';

/** A decision is at most so old when its step begins; an older one goes back to triage. */
const OLDEST_DECISION_MILLISECONDS = 60_000;

/** The longest that a function runs: what it looked at when it began is so old at the most when it acts. */
export const LONGEST_STEP_MILLISECONDS = 60_000;

/** How long before an act what its decision goes by may have been the case for the last time. */
export function lookBefore({ skew }: Pick<StoryHistory, 'skew'>): number {
  return OLDEST_DECISION_MILLISECONDS + 2 * LONGEST_STEP_MILLISECONDS + 2 * skew;
}

export function policyOf({ policies }: StoryHistory, name: string | undefined): Policy | undefined {
  return policies.get(name ?? '');
}

/** The policies whose symptom shows in what the policy reads: what EC2 and RDS say of a target is one reading for all of them. */
export function shownTo(name: string | undefined, history: StoryHistory): readonly string[] {
  const evidence = policyOf(history, name)?.evidence;
  const same = [...history.policies.values()].filter((other) => {
    if (evidence?.kind === 'status-check') return other.evidence?.kind === 'status-check' && other.evidence.check === evidence.check;
    return evidence?.kind === 'database-status' && other.evidence?.kind === 'database-status';
  });
  return [...(name === undefined ? [] : [name]), ...same.map((other) => other.name)];
}
