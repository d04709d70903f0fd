import { freeSlot, type Lease, type Slots, takeSlot } from '../core/claim.ts';
import type { Instant } from '../core/duration.ts';
import { TryAgain } from '../core/failure.ts';
import type { Incident } from '../core/incident.ts';
import type { ClaimRequest, Claims } from '../core/ports.ts';
import { type Target, targetKey } from '../core/target.ts';
import { type IncidentTable, jitter, type Key, timeToLive, type Write } from './incident-table.ts';

/** Tries against other writers of the same group's slots; each loss means that another incident made progress. */
const SLOT_TRIES = 8;

interface SlotsItem {
  readonly slots: Slots;
  readonly version: number;
}

/** Where the lease of a target is kept; an attempt is written only while this item names its incident. */
export function leaseKey(target: Target): Key {
  return { pk: `target#${targetKey(target)}`, sk: 'lease' };
}

/**
 * Leases (`target#<key>`, `lease`) and slots (`group#<key>`, `slots`, with a version) in the incident table. A claim is
 * one transaction: the lease is free, the group's slots are as they were read and have room, and both are taken.
 */
export function claims(table: IncidentTable): Claims {
  const read = async (group: string): Promise<SlotsItem> => (await table.get<SlotsItem>(slotsKey(group))) ?? { slots: {}, version: 0 };
  return {
    lease: (target) => table.get<Lease>(leaseKey(target)),

    slots: async (group) => (await read(group)).slots,

    async claim(request, now) {
      const { incident, slot, until } = request;
      for (let tries = 0; tries < SLOT_TRIES; tries += 1) {
        const writes: Write[] = [leaseWrite(request, now)];
        if (slot) {
          const current = await read(slot.group);
          const slots = takeSlot(current.slots, incident.id, until, slot.limit, now);
          if (!slots) return { kind: 'lost', to: 'slot' };
          writes.push(slotsWrite(slot.group, current, slots));
        }
        const refused = await table.transact(writes);
        if (!refused) return { kind: 'claimed' };
        if (refused[0]) return { kind: 'lost', to: 'lease' };
        await jitter();
      }
      throw new TryAgain(`the slots of ${slot?.group} are contended`, undefined);
    },

    async release(incident, group, now) {
      await freeSlotOf(incident, group, now);
      const condition = { ConditionExpression: 'incident = :incident', ExpressionAttributeValues: { ':incident': incident.id } };
      await table.transact([{ kind: 'delete', key: leaseKey(incident.target), condition }]);
    },
  };

  async function freeSlotOf(incident: Incident, group: string, now: Instant): Promise<void> {
    for (let tries = 0; tries < SLOT_TRIES; tries += 1) {
      const current = await read(group);
      if (!(incident.id in current.slots)) return;
      if (!(await table.transact([slotsWrite(group, current, freeSlot(current.slots, incident.id, now))]))) return;
      await jitter();
    }
    throw new TryAgain(`the slots of ${group} are contended`, undefined);
  }
}

function slotsKey(group: string): Key {
  return { pk: `group#${group}`, sk: 'slots' };
}

/** The write of a group's slots, refused if another writer came first. */
function slotsWrite(group: string, current: SlotsItem, slots: Slots): Write {
  return {
    kind: 'put',
    item: { ...slotsKey(group), slots, version: current.version + 1 },
    condition: {
      ConditionExpression: 'attribute_not_exists(pk) OR version = :version',
      ExpressionAttributeValues: { ':version': current.version },
    },
  };
}

/** The write of a lease, refused while another incident's is in force. */
function leaseWrite({ incident, until }: ClaimRequest, now: Instant): Write {
  const lease: Lease = { incident: incident.id, policy: incident.policy, expiresAt: until };
  return {
    kind: 'put',
    item: { ...leaseKey(incident.target), ...lease, ttl: timeToLive(until) },
    condition: {
      ConditionExpression: 'attribute_not_exists(pk) OR incident = :incident OR expiresAt <= :now',
      ExpressionAttributeValues: { ':incident': incident.id, ':now': now },
    },
  };
}
