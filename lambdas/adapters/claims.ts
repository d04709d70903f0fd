import { type Breaker, closedBreaker, passage, takeTrial } from '../core/circuit-breaker.ts';
import { freeSlot, type Lease, type Slots, type Spending, spend, takeSlot } from '../core/claim.ts';
import type { Instant } from '../core/duration.ts';
import { TryAgain } from '../core/failure.ts';
import type { Incident } from '../core/incident.ts';
import type { ActClaim, ClaimAnswer, ClaimRequest, Claims } from '../core/ports.ts';
import { type Target, targetKey } from '../core/target.ts';
import { type IncidentTable, jitter, type Key, timeToLive, type Write } from './incident-table.ts';
import { nextVersion, readVersioned, sameVersion, type Versioned } from './versioned-item.ts';

/** Tries against other writers of the same items; each loss means that another incident made progress. */
const TRIES = 8;

/** Where the lease of a target is kept; an attempt is written only while this item names its incident. */
export function leaseKey(target: Target): Key {
  return { pk: `target#${targetKey(target)}`, sk: 'lease' };
}

const spendingKey: Key = { pk: 'pipeline', sk: 'spending' };

/**
 * The rights to act, in the incident table. A claim is one transaction: the lease is free, everything else is as it was
 * read and has room, and all of it is taken.
 *
 * | pk | sk | holds |
 * |---|---|---|
 * | `target#<key>` | `lease` | the incident that works on the target |
 * | `group#<key>` | `slots` | the incidents of the group in remediation |
 * | `pipeline` | `spending` | the acts that count against the budget |
 * | `policy#<name>` | `breaker` | the policy's circuit breaker |
 */
export function claims(table: IncidentTable): Claims {
  const readSlots = (group: string) => readVersioned<Slots>(table, slotsKey(group), {});
  const readSpending = () => readVersioned<Spending>(table, spendingKey, {});
  const readBreaker = (policy: string) => readVersioned<Breaker>(table, breakerKey(policy), closedBreaker);

  return {
    lease: (target) => table.get<Lease>(leaseKey(target)),
    slots: async (group) => (await readSlots(group)).value,
    spending: async () => (await readSpending()).value,
    breaker: async (policy) => (await readBreaker(policy)).value,

    async claim(request, now) {
      const { act } = request;
      for (let tries = 0; tries < TRIES; tries += 1) {
        const rights = act ? await rightsOf(request, act, now) : [];
        if ('kind' in rights) return rights;
        const refused = await table.transact([leaseWrite(request, now), ...rights]);
        if (!refused) return { kind: 'claimed' };
        if (refused[0]) return { kind: 'lost', to: 'lease' };
        await jitter();
      }
      throw new TryAgain(`the rights to act in ${act?.slot.group} are contended`, undefined);
    },

    changeBreaker: (policy, change) =>
      changed(
        () => readBreaker(policy),
        (breaker) => change(breaker),
        breakerKey(policy),
      ),

    async release(incident, group, now) {
      await changed(
        () => readSlots(group),
        (slots) => (incident.id in slots ? freeSlot(slots, incident.id, now) : slots),
        slotsKey(group),
      );
      const condition = { ConditionExpression: 'incident = :incident', ExpressionAttributeValues: { ':incident': incident.id } };
      await table.transact([{ kind: 'delete', key: leaseKey(incident.target), condition }]);
    },
  };

  /** The writes beside the lease, or what is used up. */
  async function rightsOf({ incident, until }: ClaimRequest, act: ActClaim, now: Instant): Promise<readonly Write[] | ClaimAnswer> {
    const { group, limits, zone } = act.slot;
    const [slots, spending, breaker] = await Promise.all([readSlots(group), readSpending(), readBreaker(incident.policy)]);
    const slot = { until, target: targetKey(incident.target), ...(zone !== undefined && { zone }) };
    const taken = takeSlot(slots.value, incident.id, slot, limits, now);
    if (!taken) return { kind: 'lost', to: 'slot' };
    const spent = spend(spending.value, act.token, act.budget, now);
    if (!spent) return { kind: 'lost', to: 'budget' };
    const trial = trialWrite(incident, until, breaker, now);
    if (!trial) return { kind: 'lost', to: 'trial' };
    return [nextVersion(slotsKey(group), slots, taken), nextVersion(spendingKey, spending, spent), trial];
  }

  /** Changes a versioned value against other writers; one that stays the same is not written. */
  async function changed<Value>(read: () => Promise<Versioned<Value>>, change: (value: Value) => Value, key: Key): Promise<Value> {
    for (let tries = 0; tries < TRIES; tries += 1) {
      const current = await read();
      const value = change(current.value);
      if (value === current.value || !(await table.transact([nextVersion(key, current, value)]))) return value;
      await jitter();
    }
    throw new TryAgain(`${key.pk} is contended`, undefined);
  }
}

/** Free: the breaker must stay as it was read. A trial: it is taken. Undefined when the breaker blocks. */
function trialWrite(incident: Incident, until: Instant, breaker: Versioned<Breaker>, now: Instant): Write | undefined {
  const key = breakerKey(incident.policy);
  if (passage(breaker.value, incident.id, now).kind === 'free') return sameVersion(key, breaker);
  const trial = takeTrial(breaker.value, incident.id, until, now);
  return trial && nextVersion(key, breaker, trial);
}

function slotsKey(group: string): Key {
  return { pk: `group#${group}`, sk: 'slots' };
}

function breakerKey(policy: string): Key {
  return { pk: `policy#${policy}`, sk: 'breaker' };
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
