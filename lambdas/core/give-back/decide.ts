import { after, type Duration, type Instant, inWords, milliseconds } from '../duration.ts';
import type { Question } from '../guardrails/guardrail.ts';
import { giveBackGuardrails } from '../guardrails/registry.ts';
import { effectiveMode } from '../mode.ts';
import { keepUntil, type Next, reportGiveBack } from '../next.ts';
import type { Reason } from '../reasons.ts';
import type { Keeping } from './give-back.ts';

/** Why a change is kept for now: the veto of a guardrail, or one of these. `unsteady` is the remedy's own word. */
export type KeepReason = Reason | 'not-due' | 'symptom-present' | 'unreadable' | 'unsteady';

/** What keeps a change for now, and when to look again. */
export interface Postponement {
  readonly reason: KeepReason;
  readonly why: string;
  readonly at: Instant;
}

/** How long after it was due a change is tried to be given back: time for a pause, a fault or a busy day to end. */
export const PATIENCE: Duration = { days: 1 };

/** Looks while something is in the way: often enough to be cheap in instances, rare enough to be cheap in calls. */
const LOOKS_PER_WAIT = 6;

/**
 * Decides whether a change may be given back now: it is due, the symptom is seen to be gone, and no guardrail objects. The
 * cap of attempts counts too, so that nothing is taken away that the pipeline could not add again. In shadow mode nothing is
 * changed; who approved the addition approved that it is given back.
 */
export function decideGiveBack(question: Question, keeping: Keeping, wait: Duration): Postponement | undefined {
  const { policy, snapshot, now } = question;
  const due = after(keeping.since, wait);
  if (now < due) return { reason: 'not-due', why: 'it is not due yet', at: due };
  const { symptom } = snapshot;
  // Its time begins anew: the symptom must have been gone for a while.
  if (symptom.kind === 'present') return { reason: 'symptom-present', why: `the symptom is back: ${symptom.why}`, at: after(now, wait) };
  if (symptom.kind === 'unknown') return { reason: 'symptom-unknown', why: symptom.why, at: lookAgainAt(wait, question) };
  if (effectiveMode(policy.mode, snapshot.override) === 'shadow')
    return { reason: 'shadow', why: 'the policy is in shadow mode now', at: lookAgainAt(wait, question) };
  for (const guardrail of giveBackGuardrails) {
    const veto = guardrail(question);
    if (veto) return { reason: veto.reason, why: veto.why, at: lookAgainAt(wait, question) };
  }
  return undefined;
}

/** When to look again where nothing says when the answer will be there. */
export function lookAgainAt(wait: Duration, { policy, now }: Pick<Question, 'policy' | 'now'>): Instant {
  return now + betweenLooks(wait, policy.guardrails.lookEvery);
}

/** Milliseconds between two looks at a change that is kept for so long at first. */
export function betweenLooks(wait: Duration, lookEvery: Duration): number {
  return Math.max(milliseconds(wait) / LOOKS_PER_WAIT, milliseconds(lookEvery));
}

/** Keeps the change until the next look, or for good when there is none within the patience, or no target any more. */
export function postpone({ at, why, reason }: Postponement, keeping: Keeping, wait: Duration): Next {
  if (reason === 'target-gone') return reportGiveBack(keeping, { reason: 'no-longer-ours', why });
  const overdue = milliseconds(PATIENCE);
  if (at <= after(keeping.since, wait) + overdue) return keepUntil(at, keeping);
  return reportGiveBack(keeping, { reason: 'kept-too-long', why: `${inWords(overdue)} after it was due: ${why}` });
}
