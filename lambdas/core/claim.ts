import type { Instant } from './duration.ts';
import type { Guardrails } from './policy.ts';

/** The time-limited exclusive right of one incident to act on a target, across all policies. */
export interface Lease {
  readonly incident: string;
  readonly policy: string;
  readonly expiresAt: Instant;
}

/** The incidents of a group that are in remediation, by incident, with the end of their right to it. */
export type Slots = Readonly<Record<string, Instant>>;

/** A lease counts until it expires, so that a crashed incident frees its target by itself. */
export function isHeldByAnother(lease: Lease | undefined, incident: string, now: Instant): lease is Lease {
  return lease !== undefined && lease.incident !== incident && lease.expiresAt > now;
}

/**
 * Most members in remediation at once: the smaller of percent (rounded down) and number, but at least one,
 * or a group of five could never be healed at 10 %.
 */
export function slotLimit(blastRadius: Guardrails['blastRadius'], groupSize: number): number {
  return Math.max(1, Math.min(Math.floor((groupSize * blastRadius.percent) / 100), blastRadius.members));
}

export function liveSlots(slots: Slots, now: Instant): Slots {
  return Object.fromEntries(Object.entries(slots).filter(([, expiresAt]) => expiresAt > now));
}

/** The slots with one more taken (or its end moved), or undefined when the limit is reached. Expired ones are dropped. */
export function takeSlot(slots: Slots, incident: string, expiresAt: Instant, limit: number, now: Instant): Slots | undefined {
  const others = Object.entries(liveSlots(slots, now)).filter(([holder]) => holder !== incident);
  if (others.length >= limit) return undefined;
  return Object.fromEntries([...others, [incident, expiresAt]]);
}

export function freeSlot(slots: Slots, incident: string, now: Instant): Slots {
  return Object.fromEntries(Object.entries(liveSlots(slots, now)).filter(([holder]) => holder !== incident));
}
