import { type Breaker, closedBreaker, passage, takeTrial } from '../../core/circuit-breaker.ts';
import {
  addSlot,
  freeSlot,
  type Holdings,
  holdingsOf,
  isContainer,
  keepSlot,
  type Lease,
  type Slots,
  type Spending,
  slotsOfOthers,
  spend,
  takeSlot,
  withoutSharesOf,
} from '../../core/claim.ts';
import type { Instant } from '../../core/duration.ts';
import { TryAgain } from '../../core/failure.ts';
import type { Incident } from '../../core/incident.ts';
import { overrideIn } from '../../core/mode.ts';
import type { ActClaim, ClaimAnswer, ClaimRequest, Claims, Lost } from '../../core/ports.ts';
import type { RemedyRecord } from '../../core/remedy-record.ts';
import { type Target, targetKey } from '../../core/target.ts';
import { claimEnd, claimMove, itemsOf } from './claim-move.ts';
import {
  type IncidentTable,
  jitter,
  type Key,
  leaseKey,
  leaseKeyOf,
  membersKey,
  notEnded,
  slotsKey,
  spendingKey,
  timeToLive,
  type Write,
} from './incident-table.ts';
import { modeKey } from './mode-overrides.ts';
import type { ReadItem } from './reads-together.ts';
import { changeVersioned, nextVersion, readVersioned, sameVersion, TRIES, type Versioned } from './versioned-item.ts';

// Longer than 250 lines: what is taken in one transaction is written in one place.

/** A part of a claim. */
interface Part {
  readonly write: Write;
  /** What is in the way when the condition refuses. @default - another writer of the same item, after whom it is read again */
  readonly lost?: Lost;
}

/** How a claim learns of an item that others change, too. */
type Look = <Value>(key: Key, never: Value) => Promise<Versioned<Value>>;

/**
 * The rights to act, in the incident table. A claim is one transaction: the lease is free, so is what contains the target and what it
 * contains, everything else is as it was read and has room, the incident has not ended, and all of it is taken.
 *
 * | pk | sk | holds |
 * |---|---|---|
 * | `target#<key>` | `lease` | the incident that works on the target, and what else it holds |
 * | `target#<key>` | `members` | of a container: the incidents that change one of its members |
 * | `group#<key>` | `slots` | the incidents of the group in remediation |
 * | `pipeline` | `spending` | the acts that count against the budget |
 * | `policy#<name>` | `breaker` | the policy's circuit breaker |
 * | `policy#<name>` | `remedies` | the last uses of each remedy, where the policy passes over what seldom helps |
 *
 * @param readItem How single items are read. @default - each by a request of its own
 */
export function claims(table: IncidentTable, readItem: ReadItem = table.get): Claims {
  /** What the guardrails decided by. The first try of a claim goes by it, too: its transaction is refused where anything has changed since. */
  const lastRead = new Map<string, Versioned<unknown>>();
  const seen = <Found>(key: Key, found: Found & Versioned<unknown>): Found => {
    lastRead.set(`${key.pk} ${key.sk}`, found);
    return found;
  };
  const read = async <Value>(key: Key, never: Value): Promise<Versioned<Value>> =>
    seen(key, await readVersioned<Value>(readItem, key, never));
  const knownOr: Look = async (key, never) =>
    (lastRead.get(`${key.pk} ${key.sk}`) as Versioned<typeof never> | undefined) ?? read(key, never);
  const readSlots = (key: Key) => read<Slots>(key, {});
  const readLease = (target: Target) => table.get<Lease>(leaseKey(target));
  const readSpending = () => read<Spending>(spendingKey, {});
  const readRecord = (policy: string) => readVersioned<RemedyRecord>(readItem, recordKey(policy), {});
  const readBreaker = (policy: string) => read<Breaker>(breakerKey(policy), closedBreaker);

  return {
    lease: readLease,
    slots: async (group) => (await readSlots(slotsKey(group))).value,
    members: async (container) => (await readSlots(membersKey(targetKey(container)))).value,
    spending: async () => (await readSpending()).value,
    breaker: async (policy) => (await readBreaker(policy)).value,

    async ofPolicy(policy) {
      const [breaker, mode] = await Promise.all([readBreaker(policy), readItem<object>(modeKey(policy))]);
      const override = overrideIn(mode);
      return { breaker: breaker.value, ...(override && { override }) };
    },

    remedyRecord: async (policy) => (await readRecord(policy)).value,

    async claim(request, now) {
      for (let tries = 0; tries < TRIES; tries += 1) {
        const isFirst = tries === 0 && lastRead.size > 0;
        const rights = await rightsOf(request, isFirst ? knownOr : read, now);
        lastRead.clear();
        // Nobody is refused by what may have passed since it was read.
        if ('kind' in rights && isFirst) continue;
        if ('kind' in rights) return rights;
        const parts: Part[] = [{ write: leaseWrite(request, now), lost: 'lease' }, ...rights];
        // A run of triage that outlived its incident takes nothing: nobody would give it back. Giving back begins after the end.
        if (!request.change || request.change.act) parts.push({ write: notEnded(request.incident.id), lost: 'ended' });
        const refused = await table.transact(parts.map(({ write }) => write));
        if (!refused) return { kind: 'claimed' };
        const lost = parts.find((part, index) => refused[index] && part.lost)?.lost;
        if (lost) return { kind: 'lost', to: lost };
        await jitter();
      }
      throw new TryAgain(`the rights to act on ${targetKey(request.incident.target)} are contended`, undefined);
    },

    freeShares: (incident) => changeVersioned(table, spendingKey, readSpending, (spending) => withoutSharesOf(spending, incident)),

    changeBreaker: (policy, change) => changeVersioned(table, breakerKey(policy), () => readBreaker(policy), change),

    changeRemedyRecord: (policy, change) => changeVersioned(table, recordKey(policy), () => readRecord(policy), change),

    async renew({ id, target }, until, now) {
      const lease = await readLease(target);
      return (await table.transact([...claimMove({ incident: id, target, lease }, until, now), notEnded(id)])) ? 'lost' : 'renewed';
    },

    async release(incident, group, now, { keptUntil, held: known } = {}) {
      if (known?.groups.includes(group) && keptUntil === undefined && !(await table.transact(claimEnd(incident, known)))) return;
      for (let tries = 0; tries < TRIES; tries += 1) {
        const lease = await readLease(incident.target);
        const own = lease?.incident === incident.id ? lease : undefined;
        const held = holdingsOf(lease, incident.id);
        const holds = { ...held, groups: [...new Set([group, ...(held?.groups ?? [])])] };
        const slots = await Promise.all(itemsOf(holds).map((key) => releaseOf(key, incident.id, keptUntil, now)));
        const writes = [...(own ? [leaseEnd(incident, keptUntil)] : []), ...slots.flat()];
        if (writes.length === 0 || !(await table.transact(writes))) return;
        await jitter();
      }
      throw new TryAgain(`what ${incident.id} holds is contended`, undefined);
    },
  };

  /** The parts beside the lease, or what is used up or in the way. */
  async function rightsOf({ incident, until, change }: ClaimRequest, look: Look, now: Instant): Promise<readonly Part[] | ClaimAnswer> {
    if (!change) return [];
    const [around, act] = await Promise.all([
      containmentOf(incident, change.container, until, look, now),
      change.act ? actRights(incident, change.act, until, look, now) : [],
    ]);
    if ('kind' in around) return around;
    return 'kind' in act ? act : [...around, ...act];
  }

  /** What contains the target is not being changed, and the target has a place among its members; none of its own members is, either. */
  async function containmentOf(
    { id, target }: Incident,
    container: Target | undefined,
    until: Instant,
    look: Look,
    now: Instant,
  ): Promise<readonly Part[] | ClaimAnswer> {
    const key = targetKey(target);
    const [places, members] = await Promise.all([
      container && look<Slots>(membersKey(targetKey(container)), {}),
      isContainer(target) ? look<Slots>(membersKey(key), {}) : undefined,
    ]);
    if (members && slotsOfOthers(members.value, id, now).length > 0) return { kind: 'lost', to: 'members' };
    return [
      ...(container && places
        ? [
            containerCheck(targetKey(container), id, now),
            { write: nextVersion(membersKey(targetKey(container)), places, addSlot(places.value, id, { until, target: key }, now)) },
          ]
        : []),
      ...(members ? [{ write: sameVersion(membersKey(key), members) }] : []),
    ];
  }

  async function actRights(
    incident: Incident,
    act: ActClaim,
    until: Instant,
    look: Look,
    now: Instant,
  ): Promise<readonly Part[] | ClaimAnswer> {
    const [groups, spending, breaker] = await Promise.all([
      Promise.all(act.slots.map(async (wanted) => ({ ...wanted, slots: await look<Slots>(slotsKey(wanted.group), {}) }))),
      look<Spending>(spendingKey, {}),
      look<Breaker>(breakerKey(incident.policy), closedBreaker),
    ]);
    const parts: Part[] = [];
    for (const { group, zone, slots, ...room } of groups) {
      const slot = { until, target: targetKey(incident.target), ...(zone !== undefined && { zone }) };
      const taken = takeSlot(slots.value, incident.id, slot, room, now);
      if ('full' in taken) return { kind: 'lost', to: taken.full === 'floor' ? 'floor' : 'slot', group };
      parts.push({ write: nextVersion(slotsKey(group), slots, taken.slots) });
    }
    const spent = spend(spending.value, act.token, act.budget, now);
    if (!spent) return { kind: 'lost', to: 'budget' };
    const trial = trialWrite(incident, until, breaker, now);
    if (!trial) return { kind: 'lost', to: 'trial' };
    return [...parts, { write: nextVersion(spendingKey, spending, spent) }, { write: trial }];
  }

  /** The write that frees the slot or keeps it until the instant; none where the incident has none there. */
  async function releaseOf(key: Key, incident: string, keptUntil: Instant | undefined, now: Instant): Promise<readonly Write[]> {
    const slots = await readSlots(key);
    if (!(incident in slots.value)) return [];
    const left = keptUntil === undefined ? freeSlot(slots.value, incident, now) : keepSlot(slots.value, incident, keptUntil, now);
    return [nextVersion(key, slots, left)];
  }
}

/** Free: the breaker must stay as it was read. A trial: it is taken. Undefined when the breaker blocks. */
function trialWrite(incident: Incident, until: Instant, breaker: Versioned<Breaker>, now: Instant): Write | undefined {
  const key = breakerKey(incident.policy);
  if (passage(breaker.value, incident.id, now).kind === 'free') return sameVersion(key, breaker);
  const trial = takeTrial(breaker.value, incident.id, until, now);
  return trial && nextVersion(key, breaker, trial);
}

function recordKey(policy: string): Key {
  return { pk: `policy#${policy}`, sk: 'remedies' };
}

function breakerKey(policy: string): Key {
  return { pk: `policy#${policy}`, sk: 'breaker' };
}

/** Refused while another incident changes the container. */
function containerCheck(container: string, incident: string, now: Instant): Part {
  const condition = {
    ConditionExpression: `${FREE} OR changes = :no`,
    ExpressionAttributeValues: { ':incident': incident, ':now': now, ':no': false },
  };
  return { write: { kind: 'check', key: leaseKeyOf(container), condition }, lost: 'container' };
}

/** Of a lease: there is none, or it is the incident's own, or it has lapsed. */
const FREE = 'attribute_not_exists(pk) OR incident = :incident OR expiresAt <= :now';

/** The write of a lease, refused while another incident's is in force. What a former rung of the same incident holds stays named. */
function leaseWrite({ incident, until, change }: ClaimRequest, now: Instant): Write {
  const lease: Omit<Lease, 'holds'> = {
    incident: incident.id,
    policy: incident.policy,
    expiresAt: until,
    changes: change !== undefined,
    over: false,
  };
  const holds = change && taken(incident.id, change);
  return {
    kind: 'set',
    key: leaseKey(incident.target),
    values: { ...lease, ...(holds && { holds }), ttl: timeToLive(until) },
    condition: {
      ConditionExpression: 'attribute_not_exists(pk) OR #incident = :incident OR #expiresAt <= :now',
      ExpressionAttributeValues: { ':incident': incident.id, ':now': now },
    },
  };
}

function taken(by: string, { container, act }: NonNullable<ClaimRequest['change']>): Holdings {
  return { by, groups: (act?.slots ?? []).map(({ group }) => group), ...(container && { container: targetKey(container) }) };
}

/** The write that frees the incident's lease, or keeps it though the incident is over. */
function leaseEnd({ id, target }: Incident, keptUntil: Instant | undefined): Write {
  const key = leaseKey(target);
  const condition = { ConditionExpression: 'incident = :incident', ExpressionAttributeValues: { ':incident': id } };
  if (keptUntil === undefined) return { kind: 'delete', key, condition };
  return { kind: 'set', key, values: { expiresAt: keptUntil, over: true, ttl: timeToLive(keptUntil) }, condition };
}
