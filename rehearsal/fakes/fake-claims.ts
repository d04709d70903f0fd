import { type Breaker, closedBreaker, passage, takeTrial } from '../../lambdas/core/circuit-breaker.ts';
import { freeSlot, type Lease, type Slots, type Spending, spend, takeSlot } from '../../lambdas/core/claim.ts';
import type { Claims } from '../../lambdas/core/ports.ts';
import { type Target, targetKey } from '../../lambdas/core/target.ts';

/** What the incident table holds of claims. */
export interface ClaimTable {
  readonly leases: Map<string, Lease>;
  readonly slots: Map<string, Slots>;
  readonly breakers: Map<string, Breaker>;
  spending: Spending;
}

export function emptyClaimTable(): ClaimTable {
  return { leases: new Map(), slots: new Map(), breakers: new Map(), spending: {} };
}

export function leaseOf(table: ClaimTable, target: Target): Lease | undefined {
  return table.leases.get(targetKey(target));
}

/**
 * Claims in memory: all of a claim is taken together or nothing, a lapsed lease is free, a lapsed slot is dropped, and
 * only the holder's lease is released. Nothing is awaited between check and write, which is the transaction.
 */
export function fakeClaims(table: ClaimTable): Claims {
  const breakerOf = (policy: string) => table.breakers.get(policy) ?? closedBreaker;
  return {
    lease: async (target) => leaseOf(table, target),
    slots: async (group) => table.slots.get(group) ?? {},
    spending: async () => table.spending,
    breaker: async (policy) => breakerOf(policy),

    async changeBreaker(policy, change) {
      const breaker = change(breakerOf(policy));
      table.breakers.set(policy, breaker);
      return breaker;
    },

    async claim({ incident, until, act }, now) {
      const lease = leaseOf(table, incident.target);
      const target = targetKey(incident.target);
      const breaker = breakerOf(incident.policy);
      if (act) {
        const { group, limits, zone } = act.slot;
        const slots = takeSlot(table.slots.get(group) ?? {}, incident.id, { until, target, ...(zone && { zone }) }, limits, now);
        if (!slots) return { kind: 'lost', to: 'slot' };
        const spent = spend(table.spending, act.token, act.budget, now);
        if (!spent) return { kind: 'lost', to: 'budget' };
        const isFree = passage(breaker, incident.id, now).kind === 'free';
        const trial = isFree ? breaker : takeTrial(breaker, incident.id, until, now);
        if (!trial) return { kind: 'lost', to: 'trial' };
        if (lease && lease.incident !== incident.id && lease.expiresAt > now) return { kind: 'lost', to: 'lease' };
        table.slots.set(group, slots);
        table.spending = spent;
        table.breakers.set(incident.policy, trial);
      }
      if (lease && lease.incident !== incident.id && lease.expiresAt > now) return { kind: 'lost', to: 'lease' };
      table.leases.set(target, { incident: incident.id, policy: incident.policy, expiresAt: until });
      return { kind: 'claimed' };
    },

    async release(incident, group, now) {
      const slots = table.slots.get(group) ?? {};
      if (incident.id in slots) table.slots.set(group, freeSlot(slots, incident.id, now));
      if (leaseOf(table, incident.target)?.incident === incident.id) table.leases.delete(targetKey(incident.target));
    },
  };
}
