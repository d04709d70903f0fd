import type { RepairResult } from './circuit-breaker.ts';
import type { Attempt } from './incident.ts';
import type { End, Reason } from './reasons.ts';

/** Ends at which the symptom is explained by something that no remedy of the policy could have cured, or nobody waited for the cure. */
const BEYOND_THE_REMEDY: readonly Reason[] = ['storm', 'part-of-storm', 'target-gone', 'paused', 'provider-event'];

/** What an incident's end says of its policy's repairs. Undefined when nothing was changed, or nothing can be said of what was. */
export function repairResult({ outcome, reason }: End, attempts: readonly Attempt[]): RepairResult | undefined {
  if (reason === 'healed') return 'healed';
  if (outcome !== 'handed-off' || isBeyondTheRemedy(reason)) return undefined;
  return attempts.some(isInVain) ? 'failed' : undefined;
}

/** Whether what stayed ill says nothing against what was tried. */
export function isBeyondTheRemedy(reason: Reason): boolean {
  return BEYOND_THE_REMEDY.includes(reason);
}

/**
 * Whether the act took place and the symptom stayed, which is all that anything is learnt from. That nobody knows how it went, that AWS did not take it, or
 * that it only made what the next rung uses, says nothing against it.
 */
export function isInVain({ acts, result, enabling }: Attempt): boolean {
  return acts && (result === 'failed' || (result === 'not-recovered' && !enabling));
}
