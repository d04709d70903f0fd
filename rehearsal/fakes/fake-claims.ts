import { freeSlot, type Lease, type Slots, takeSlot } from '../../lambdas/core/claim.ts';
import type { Claims } from '../../lambdas/core/ports.ts';
import { type Target, targetKey } from '../../lambdas/core/target.ts';

/** What the incident table holds of claims. */
export interface ClaimTable {
  readonly leases: Map<string, Lease>;
  readonly slots: Map<string, Slots>;
}

export function emptyClaimTable(): ClaimTable {
  return { leases: new Map(), slots: new Map() };
}

export function leaseOf(table: ClaimTable, target: Target): Lease | undefined {
  return table.leases.get(targetKey(target));
}

/**
 * Claims in memory: lease and slot are taken together or neither, a lapsed lease is free, a lapsed slot is dropped, and
 * only the holder's lease is released. Nothing is awaited between check and write, which is the transaction.
 */
export function fakeClaims(table: ClaimTable): Claims {
  return {
    lease: async (target) => leaseOf(table, target),
    slots: async (group) => table.slots.get(group) ?? {},

    async claim({ incident, until, slot }, now) {
      const lease = leaseOf(table, incident.target);
      const taken = slot && takeSlot(table.slots.get(slot.group) ?? {}, incident.id, until, slot.limit, now);
      if (slot && !taken) return { kind: 'lost', to: 'slot' };
      if (lease && lease.incident !== incident.id && lease.expiresAt > now) return { kind: 'lost', to: 'lease' };
      if (slot && taken) table.slots.set(slot.group, taken);
      table.leases.set(targetKey(incident.target), { incident: incident.id, policy: incident.policy, expiresAt: until });
      return { kind: 'claimed' };
    },

    async release(incident, group, now) {
      const slots = table.slots.get(group) ?? {};
      if (incident.id in slots) table.slots.set(group, freeSlot(slots, incident.id, now));
      if (leaseOf(table, incident.target)?.incident === incident.id) table.leases.delete(targetKey(incident.target));
    },
  };
}
