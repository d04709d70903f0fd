import type { Policy } from '../../../lambdas/core/policy.ts';
import type { Death, Spell, StoryHistory } from '../history-of-story.ts';
import { groupedOnce } from './grouped-once.ts';

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

/** Of one target. */
export const spellsOf = groupedOnce(({ target }: Spell) => target);
export const deathsOf = groupedOnce(({ target }: Death) => target);
export const departuresOf = groupedOnce(({ target }: StoryHistory['departed'][number]) => target);

/** What EC2 or RDS say of a target is one reading for all policies that read it. */
function readingOf({ evidence }: Policy): string | undefined {
  if (evidence?.kind === 'status-check') return `status check ${evidence.check}`;
  return evidence?.kind === 'database-status' ? 'status of databases' : undefined;
}

const readersOf = groupedOnce(readingOf);

/** The policies whose symptom shows in what the policy reads. */
export function shownTo(name: string | undefined, history: StoryHistory): readonly string[] {
  const policy = policyOf(history, name);
  const reading = policy && readingOf(policy);
  const same = reading === undefined ? [] : readersOf(history.policies, reading);
  return [...(name === undefined ? [] : [name]), ...same.map((other) => other.name)];
}
