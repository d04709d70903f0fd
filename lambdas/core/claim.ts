import type { Instant } from './duration.ts';
import type { Guardrails } from './policy.ts';

/** The time-limited exclusive right of one incident to act on a target, across all policies. */
export interface Lease {
  readonly incident: string;
  readonly policy: string;
  readonly expiresAt: Instant;
}

/** One incident's place in the blast radius of a group. */
export interface Slot {
  readonly until: Instant;
  /** The member that is being worked on. */
  readonly target: string;
  /** Its Availability Zone, where it has one. */
  readonly zone?: string;
}

/** The incidents of a group that are in remediation, by incident. */
export type Slots = Readonly<Record<string, Slot>>;

/** How many members may be in remediation at once: of the group, and of the zone of the target. */
export interface SlotLimits {
  readonly group: number;
  readonly zone: number;
}

/** A lease counts until it expires, so that a crashed incident frees its target by itself. */
export function isHeldByAnother(lease: Lease | undefined, incident: string, now: Instant): lease is Lease {
  return lease !== undefined && lease.incident !== incident && lease.expiresAt > now;
}

/**
 * Most members in remediation at once. Of the group: the smaller of percent (rounded down) and number; of a zone: its
 * percent. At least one, or a group of five could never be healed at 10 %.
 */
export function slotLimits(blastRadius: Guardrails['blastRadius'], size: { readonly group: number; readonly zone: number }): SlotLimits {
  const share = (percent: number, members: number) => Math.floor((members * percent) / 100);
  return {
    group: Math.max(1, Math.min(share(blastRadius.percent, size.group), blastRadius.members)),
    zone: Math.max(1, share(blastRadius.zonePercent, size.zone)),
  };
}

export function liveSlots(slots: Slots, now: Instant): Slots {
  return Object.fromEntries(Object.entries(slots).filter(([, { until }]) => until > now));
}

/** The slots in force that others than the incident hold. */
export function slotsOfOthers(slots: Slots, incident: string, now: Instant): readonly Slot[] {
  return Object.entries(liveSlots(slots, now)).flatMap(([holder, slot]) => (holder === incident ? [] : [slot]));
}

/** What stands in the way of one more slot: the group's limit or the zone's. */
export function fullOf(others: readonly Slot[], zone: string | undefined, limits: SlotLimits): 'group' | 'zone' | undefined {
  if (others.length >= limits.group) return 'group';
  const there = others.filter((slot) => zone !== undefined && slot.zone === zone).length;
  return zone !== undefined && there >= limits.zone ? 'zone' : undefined;
}

/** The slots with one more taken (or its end moved), or undefined when a limit is reached. Expired ones are dropped. */
export function takeSlot(slots: Slots, incident: string, slot: Slot, limits: SlotLimits, now: Instant): Slots | undefined {
  if (fullOf(slotsOfOthers(slots, incident, now), slot.zone, limits)) return undefined;
  return { ...liveSlots(slots, now), [incident]: slot };
}

export function freeSlot(slots: Slots, incident: string, now: Instant): Slots {
  return Object.fromEntries(Object.entries(liveSlots(slots, now)).filter(([holder]) => holder !== incident));
}

/** The acts that count against the pipeline's budget: when each attempt, by its token, was allowed. */
export type Spending = Readonly<Record<string, Instant>>;

/** What is spent in the period that ends now. */
export function spentLately(spending: Spending, per: number, now: Instant): Spending {
  return Object.fromEntries(Object.entries(spending).filter(([, at]) => at > now - per));
}

/** The spending with one more act in it, or undefined when the budget is used up. An act is paid for once. */
export function spend(
  spending: Spending,
  token: string,
  budget: { readonly acts: number; readonly perMilliseconds: number },
  now: Instant,
): Spending | undefined {
  const lately = spentLately(spending, budget.perMilliseconds, now);
  if (token in lately) return lately;
  return Object.keys(lately).length >= budget.acts ? undefined : { ...lately, [token]: now };
}
