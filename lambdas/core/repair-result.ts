import type { RepairResult } from './circuit-breaker.ts';
import { type Attempt, mayHaveChanged } from './incident.ts';
import { type End, isTakenBack, type Reason } from './reasons.ts';

/** Ends at which the symptom is explained by something that no remedy of the policy could have cured. */
const NO_CURE: readonly Reason[] = ['storm', 'part-of-storm', 'target-gone', 'provider-event'];

/** What an incident's end says of its policy's repairs. Undefined when nothing was changed, or nothing can be said of what was. */
export function repairResult({ outcome, reason }: End, attempts: readonly Attempt[]): RepairResult | undefined {
  if (reason === 'healed') return 'healed';
  if (outcome !== 'handed-off' || isBeyondTheRemedy(reason)) return undefined;
  return attempts.some(isInVain) ? 'failed' : undefined;
}

/** Whether what stayed ill says nothing against what was tried: no remedy could have cured it, or a person interrupted the repair. */
export function isBeyondTheRemedy(reason: Reason): boolean {
  return NO_CURE.includes(reason) || isTakenBack(reason) || reason === 'shadow';
}

/**
 * Whether the act took place and the symptom stayed, which is all that anything is learnt from. That nobody knows how it went, that AWS did not take it, or
 * that it only made what the next rung uses, says nothing against it.
 */
export function isInVain({ acts, result, enabling }: Attempt): boolean {
  return acts && (result === 'failed' || (result === 'not-recovered' && !enabling));
}

/** Ends of incidents that may have taken the rights to an act and written no attempt. */
const DUE_WITHOUT_ATTEMPT: readonly Reason[] = ['act-not-taken', 'unsafe-to-act'];

/**
 * Whether the incident may have taken the trial of a half-open breaker for an act that did not take place. The trial of one that may have
 * changed something lapses by itself.
 */
export function hasTrialLeft({ reason }: End, attempts: readonly Attempt[]): boolean {
  if (attempts.some(mayHaveChanged)) return false;
  return DUE_WITHOUT_ATTEMPT.includes(reason) || attempts.some(({ acts, result }) => acts || result === 'not-applicable');
}
