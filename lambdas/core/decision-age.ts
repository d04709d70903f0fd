import { after, type Duration, type Instant, inWords } from './duration.ts';

/** How long a decision holds until the step that acts begins: most are acted on within seconds, and what was read for it grows old. */
export const DECISION_HOLDS_FOR: Duration = { minutes: 1 };

/** The longest that a step lasts, and so the latest that it acts after it began: the time limit of its function. */
export const STEP_LASTS: Duration = { minutes: 1 };

/** Whether the world was read too long ago. A decision without a time is of an earlier version, and holds. */
export function isTooOld(decidedAt: Instant | undefined, now: Instant): boolean {
  return now > after(decidedAt ?? now, DECISION_HOLDS_FOR);
}

export function tooOldInWords(decidedAt: Instant | undefined, now: Instant): string {
  return `decided ${inWords(now - (decidedAt ?? now))} ago, which is too old to act on`;
}
