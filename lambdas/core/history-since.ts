import { type Duration, type Instant, milliseconds } from './duration.ts';
import type { Policy } from './policy.ts';

/** What happened to a target is kept for so long; the history log group has its own retention. */
export const HISTORY_KEPT: Duration = { days: 90 };

/** As far back as any guardrail of the policy looks at what happened to a target. */
export function historySince({ guardrails: { attempts, cooldown, cooldownAtMost, flapping, rungMemory } }: Policy, now: Instant): Instant {
  return now - Math.max(...[attempts.per, cooldown, cooldownAtMost, flapping.per, rungMemory].map(milliseconds));
}
