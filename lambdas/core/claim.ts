import { DECISION_HOLDS_FOR } from './decision-age.ts';
import { after, type Duration, type Instant, milliseconds } from './duration.ts';
import type { Guardrails, Rung } from './policy.ts';
import type { Target } from './target.ts';

/** The time-limited exclusive right of one incident to act on a target, across all policies. */
export interface Lease {
  readonly incident: string;
  readonly policy: string;
  readonly expiresAt: Instant;
  /** What was taken with it, so that it moves and is freed with it. @default - of an earlier version: nothing that is known */
  readonly holds?: Holdings;
  /** `false`: its incident only looks and waits, so that what contains the target may be changed. @default true */
  readonly changes?: boolean;
  /** The incident has ended while its act is still under way: the target is busy, and the incident is open no more. @default false */
  readonly over?: boolean;
}

/** What an incident takes beside the lease of its target. */
export interface Holdings {
  /** The incident that took it. Another one that takes the lapsed lease over only to wait leaves it named. */
  readonly by: string;
  /** The groups, by their keys, in each of which it has a slot. */
  readonly groups: readonly string[];
  /** The key of what contains the target, among whose busy members it has a place. */
  readonly container?: string;
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

/** Members of a group that must serve while another one is repaired. */
export interface HealthyFloor {
  /** How many at least. */
  readonly least: number;
  /** The keys of the members beside the target that are healthy; those in remediation do not count. */
  readonly others: readonly string[];
}

/** A place that is wanted in the blast radius of one group, and what the group has room for. */
export interface SlotClaim {
  /** The group's key. */
  readonly group: string;
  readonly limits: SlotLimits;
  /** The target's Availability Zone, where it has one. */
  readonly zone?: string;
  /** @default - none; the target serves nothing, or is alone in its group */
  readonly floor?: HealthyFloor;
}

/**
 * Room beyond a rung's own times before its claim lapses. A claim that lapses during a slow step would let two incidents act on one
 * target, and the longest that a step of the workflow is tried again is 663 s; one that never lapses would leave a target behind a
 * crashed incident unhealed.
 */
export const CLAIM_MARGIN: Duration = { minutes: 15 };

/** Until when the target is held for an act that is decided now: the act may come late, by as long as a decision is good for. */
export function claimedUntil(decidedAt: Instant, rung: RungTimes, probation: Duration, longest?: Duration): Instant {
  return heldUntil(after(decidedAt, DECISION_HOLDS_FOR), rung, probation, longest);
}

/** Until when the target is held for an act of this moment: while it is under way and judged, and for what may delay the next step. */
export function heldUntil(actedAt: Instant, { settle, verifyWithin }: RungTimes, probation: Duration, longest?: Duration): Instant {
  const judged = milliseconds(settle) + milliseconds(verifyWithin) + milliseconds(probation);
  return after(actedAt + Math.max(judged, longest ? milliseconds(longest) : 0), CLAIM_MARGIN);
}

type RungTimes = Pick<Rung, 'settle' | 'verifyWithin'>;

/** What the incident holds beside its lease. */
export function holdingsOf(lease: Lease | undefined, incident: string): Holdings | undefined {
  return lease?.incident === incident && lease.holds?.by === incident ? lease.holds : undefined;
}

/** A lease counts until it expires, so that a crashed incident frees its target by itself. */
export function isHeldByAnother(lease: Lease | undefined, incident: string, now: Instant): lease is Lease {
  return lease !== undefined && lease.incident !== incident && lease.expiresAt > now;
}

/** Whether another incident holds the target to change it: then what contains it, and what it contains, is left alone. */
export function isChangedByAnother(lease: Lease | undefined, incident: string, now: Instant): lease is Lease {
  return isHeldByAnother(lease, incident, now) && lease.changes !== false;
}

/** Kinds of targets that contain others: acting on one changes its members, too. */
export function isContainer({ kind }: Target): boolean {
  return kind === 'auto-scaling-group' || kind === 'database-cluster';
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

/** What a group has room for, and the zone in which a slot is wanted. */
type Room = Pick<SlotClaim, 'limits' | 'floor'> & { readonly zone?: string | undefined };

/** What stands in the way of one more slot: the group's limit, the zone's, or that too few healthy members would be left. */
export function fullOf(others: readonly Slot[], { zone, limits, floor }: Room): 'group' | 'zone' | 'floor' | undefined {
  if (others.length >= limits.group) return 'group';
  if (zone !== undefined && others.filter((slot) => slot.zone === zone).length >= limits.zone) return 'zone';
  return floor && leftHealthy(floor, others) < floor.least ? 'floor' : undefined;
}

/** How many others are healthy and not in remediation. */
export function leftHealthy({ others: healthy }: HealthyFloor, inRemediation: readonly Slot[]): number {
  const busy = new Set(inRemediation.map(({ target }) => target));
  return healthy.filter((other) => !busy.has(other)).length;
}

/**
 * The members that must serve beside the target: the percentage of the group, rounded down, but at least one other of a group of
 * several. None where the group finds the target unhealthy already, since then it is not missed.
 */
export function healthyFloor(
  percent: number,
  {
    groupSize,
    healthy,
    healthyOthers,
  }: { readonly groupSize: number; readonly healthy: boolean; readonly healthyOthers: readonly string[] },
): HealthyFloor | undefined {
  if (!healthy || groupSize < 2) return undefined;
  const share = Math.floor((groupSize * percent) / 100);
  return { least: Math.min(groupSize - 1, Math.max(1, share)), others: healthyOthers };
}

/** The slots with one more taken (or its end moved), or what stands in the way. Expired ones are dropped. */
export function takeSlot(
  slots: Slots,
  incident: string,
  slot: Slot,
  room: Pick<SlotClaim, 'limits' | 'floor'>,
  now: Instant,
): { readonly slots: Slots } | { readonly full: 'group' | 'zone' | 'floor' } {
  const full = fullOf(slotsOfOthers(slots, incident, now), { ...room, zone: slot.zone });
  return full === undefined ? { slots: addSlot(slots, incident, slot, now) } : { full };
}

/** The slots with one more, whatever the room. Expired ones are dropped. */
export function addSlot(slots: Slots, incident: string, slot: Slot, now: Instant): Slots {
  return { ...liveSlots(slots, now), [incident]: slot };
}

/** The slots with the end of one moved. */
export function keepSlot(slots: Slots, incident: string, until: Instant, now: Instant): Slots {
  const slot = slots[incident];
  return slot ? addSlot(slots, incident, { ...slot, until }, now) : slots;
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

/** The spending without the acts of an incident, which did none of them. */
export function withoutSharesOf(spending: Spending, incident: string): Spending {
  const left = Object.entries(spending).filter(([token]) => !token.startsWith(`${incident}-`));
  return left.length === Object.keys(spending).length ? spending : Object.fromEntries(left);
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
