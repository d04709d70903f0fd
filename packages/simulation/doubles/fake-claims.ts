import { type Breaker, closedBreaker, passage, takeTrial } from '../../../lambdas/core/circuit-breaker.ts';
import {
  addSlot,
  freeSlot,
  holdingsOf,
  isChangedByAnother,
  isContainer,
  isHeldByAnother,
  keepSlot,
  type Lease,
  type Slots,
  type Spending,
  slotsOfOthers,
  spend,
  takeSlot,
  withoutSharesOf,
} from '../../../lambdas/core/claim.ts';
import type { Instant } from '../../../lambdas/core/duration.ts';
import type { Attempt } from '../../../lambdas/core/incident.ts';
import type { ModeOverride } from '../../../lambdas/core/mode.ts';
import type { ActClaim, ClaimAnswer, ClaimRequest, Claims } from '../../../lambdas/core/ports.ts';
import type { RemedyRecord } from '../../../lambdas/core/remedy-record.ts';
import { type Target, targetKey } from '../../../lambdas/core/target.ts';

/** What the incident table holds of claims. */
export interface ClaimTable {
  readonly leases: Map<string, Lease>;
  readonly slots: Map<string, Slots>;
  /** By the key of the container. */
  readonly members: Map<string, Slots>;
  readonly breakers: Map<string, Breaker>;
  readonly records: Map<string, RemedyRecord>;
  spending: Spending;
}

export function emptyClaimTable(): ClaimTable {
  return { leases: new Map(), slots: new Map(), members: new Map(), breakers: new Map(), records: new Map(), spending: {} };
}

export function leaseOf(table: ClaimTable, target: Target): Lease | undefined {
  return table.leases.get(targetKey(target));
}

type Holder = Pick<Attempt, 'incident' | 'target'>;

/** The slots and places of an incident: in which map, under which key. */
function heldBy(table: ClaimTable, { incident, target }: Holder, group?: string): readonly (readonly [Map<string, Slots>, string])[] {
  const holds = holdingsOf(leaseOf(table, target), incident);
  const groups = [...new Set([...(group === undefined ? [] : [group]), ...(holds?.groups ?? [])])];
  return [
    ...groups.map((key) => [table.slots, key] as const),
    ...(holds?.container === undefined ? [] : [[table.members, holds.container] as const]),
  ];
}

/** Moves the end of all that the incident holds, never to an earlier time; false, and nothing moved, where it holds it no more. */
export function moveClaim(table: ClaimTable, { incident, target }: Holder, until: Instant, now: Instant): boolean {
  const lease = leaseOf(table, target);
  const held = heldBy(table, { incident, target });
  if (lease?.incident !== incident || lease.expiresAt <= now || held.some(([map, key]) => !(incident in (map.get(key) ?? {}))))
    return false;
  const expiresAt = Math.max(until, lease.expiresAt);
  table.leases.set(targetKey(target), { ...lease, expiresAt });
  for (const [map, key] of held) {
    const slots = map.get(key) ?? {};
    const slot = slots[incident];
    if (slot) map.set(key, { ...slots, [incident]: { ...slot, until: expiresAt } });
  }
  return true;
}

/** Frees the share of the budget of an act that did not take place. */
export function freeShare(table: ClaimTable, { token }: Pick<Attempt, 'token'>): void {
  const { [token]: _, ...left } = table.spending;
  table.spending = left;
}

/**
 * Claims in memory: all of a claim is taken together or nothing, a lapsed lease is free, a lapsed slot is dropped, and
 * only the holder's lease is released. Nothing is awaited between check and write, which is the transaction.
 */
export function fakeClaims(
  table: ClaimTable,
  hasEnded: (incident: string) => boolean = () => false,
  overrideOf: (policy: string) => ModeOverride | undefined = () => undefined,
): Claims {
  const breakerOf = (policy: string) => table.breakers.get(policy) ?? closedBreaker;
  return {
    lease: async (target) => leaseOf(table, target),
    slots: async (group) => table.slots.get(group) ?? {},
    members: async (container) => table.members.get(targetKey(container)) ?? {},
    spending: async () => table.spending,
    breaker: async (policy) => breakerOf(policy),
    async ofPolicy(policy) {
      const override = overrideOf(policy);
      return { breaker: breakerOf(policy), ...(override && { override }) };
    },

    remedyRecord: async (policy) => table.records.get(policy) ?? {},

    async changeRemedyRecord(policy, change) {
      const record = change(table.records.get(policy) ?? {});
      table.records.set(policy, record);
      return record;
    },

    async freeShares(incident) {
      table.spending = withoutSharesOf(table.spending, incident);
    },

    async changeBreaker(policy, change) {
      const current = breakerOf(policy);
      const breaker = change(current);
      if (breaker !== current) table.breakers.set(policy, breaker);
      return breaker;
    },

    async claim(request, now) {
      const { incident, until, change } = request;
      const lost = inTheWay(request, now);
      if (lost) return lost;
      const key = targetKey(incident.target);
      const held = leaseOf(table, incident.target)?.holds;
      const holds = change
        ? {
            by: incident.id,
            groups: (change.act?.slots ?? []).map(({ group }) => group),
            ...(change.container && { container: targetKey(change.container) }),
          }
        : held;
      table.leases.set(key, {
        incident: incident.id,
        policy: incident.policy,
        expiresAt: until,
        changes: change !== undefined,
        over: false,
        ...(holds && { holds }),
      });
      if (change?.container) put(table.members, targetKey(change.container), incident.id, { until, target: key }, now);
      if (change?.act) takeRights(request, change.act, now);
      return { kind: 'claimed' };
    },

    renew: async ({ id, target }, until, now) =>
      !hasEnded(id) && moveClaim(table, { incident: id, target }, until, now) ? 'renewed' : 'lost',

    async release({ id, target }, group, now, { keptUntil } = {}) {
      for (const [map, key] of heldBy(table, { incident: id, target }, group)) {
        const slots = map.get(key) ?? {};
        if (id in slots) map.set(key, keptUntil === undefined ? freeSlot(slots, id, now) : keepSlot(slots, id, keptUntil, now));
      }
      const lease = leaseOf(table, target);
      if (lease?.incident !== id) return;
      if (keptUntil === undefined) table.leases.delete(targetKey(target));
      else table.leases.set(targetKey(target), { ...lease, expiresAt: keptUntil, over: true });
    },
  };

  function inTheWay({ incident: { id, policy, target }, until, change }: ClaimRequest, now: Instant): ClaimAnswer | undefined {
    if (change && isContainer(target) && slotsOfOthers(table.members.get(targetKey(target)) ?? {}, id, now).length > 0)
      return { kind: 'lost', to: 'members' };
    for (const { group, zone, ...room } of change?.act?.slots ?? []) {
      const slot = { until, target: targetKey(target), ...(zone !== undefined && { zone }) };
      const taken = takeSlot(table.slots.get(group) ?? {}, id, slot, room, now);
      if ('full' in taken) return { kind: 'lost', to: taken.full === 'floor' ? 'floor' : 'slot', group };
    }
    if (change?.act && !spend(table.spending, change.act.token, change.act.budget, now)) return { kind: 'lost', to: 'budget' };
    const breaker = breakerOf(policy);
    if (change?.act && passage(breaker, id, now).kind !== 'free' && !takeTrial(breaker, id, until, now))
      return { kind: 'lost', to: 'trial' };
    if (isHeldByAnother(leaseOf(table, target), id, now)) return { kind: 'lost', to: 'lease' };
    if (change?.container && isChangedByAnother(leaseOf(table, change.container), id, now)) return { kind: 'lost', to: 'container' };
    return (!change || change.act) && hasEnded(id) ? { kind: 'lost', to: 'ended' } : undefined;
  }

  function takeRights({ incident, until }: ClaimRequest, act: ActClaim, now: Instant): void {
    for (const { group, zone } of act.slots) {
      put(table.slots, group, incident.id, { until, target: targetKey(incident.target), ...(zone !== undefined && { zone }) }, now);
    }
    table.spending = spend(table.spending, act.token, act.budget, now) ?? table.spending;
    const breaker = breakerOf(incident.policy);
    const trial = passage(breaker, incident.id, now).kind === 'free' ? breaker : takeTrial(breaker, incident.id, until, now);
    if (trial) table.breakers.set(incident.policy, trial);
  }
}

function put(map: Map<string, Slots>, key: string, incident: string, slot: Slots[string], now: Instant): void {
  map.set(key, addSlot(map.get(key) ?? {}, incident, slot, now));
}
