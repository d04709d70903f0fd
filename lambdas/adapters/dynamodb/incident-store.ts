import { type Holdings, holdingsOf, type Lease } from '../../core/claim.ts';
import { after, type Instant, iso } from '../../core/duration.ts';
import { TryAgain } from '../../core/failure.ts';
import { withSummary, withTodaysReason } from '../../core/former-names.ts';
import type { GiveBack } from '../../core/give-back/give-back.ts';
import type { Attempt, Incident, Opening } from '../../core/incident.ts';
import type { Ending, HeldSince, IncidentStore, Opened } from '../../core/ports.ts';
import { redacted, redactedIn } from '../../core/redaction.ts';
import type { PastIncident } from '../../core/retake.ts';
import { type Target, targetKey } from '../../core/target.ts';
import { claimMove } from './claim-move.ts';
import { drillNotes } from './drill-notes.ts';
import {
  type Condition,
  type IncidentTable,
  IS_NEW,
  incidentKey,
  type Key,
  leaseKey,
  notEnded,
  spendingKey,
  timeToLive,
  type Write,
} from './incident-table.ts';
import { aliasOf } from './write.ts';

// Longer than 250 lines: each item of an incident is written and read in one place.

/** Of one ALARM state only the last incidents matter; follow-ups of a long one are half an hour apart. */
const MOST_PAST = 25;

/** Lambda runs a function that failed again after a minute. */
const TOLD_WITHIN = { seconds: 30 };

/** Sorts after every attempt. */
const LAST = 'attempt#~';

/**
 * Incidents and attempts in the incident table:
 *
 * | pk | sk | holds |
 * |---|---|---|
 * | `incident#<id>` | `incident` | the incident and its end |
 * | `incident#<id>` | `attempt#<rung>` | an attempt, its receipt and result |
 * | `incident#<id>` | `give-back#<rung>` | the giving back of what the attempt changed, and its end |
 * | `target#<key>` | `at#<time>#<token>` | an attempt on the target, a copy with its result |
 * | `target#<key>` | `at#<time>#<incident>` | the opening of an incident on the target |
 * | `target#<key>` | `past#<policy>#<time>#<id>`, `past#<policy>#open#<id>` | the policy's incidents on the target, by their end |
 * | `rejected#<policy>` | alarm state and reason | that it was recorded |
 * | `rejected#<policy>` | `again#<incident>#<times>` | that its hand-off was said again |
 */
export function incidentStore(table: IncidentTable): IncidentStore {
  /** Refuses the writes beside it unless the incident's lease is in force, and keeps all that the incident holds. */
  const moved = async ({ incident, target }: Pick<GiveBack, 'incident' | 'target'>, until: Instant, now: Instant) =>
    claimMove({ incident, target, lease: await table.get<Lease>(leaseKey(target)) }, until, now);
  /**
   * Writes what says that an act did not take place, and frees its share of the budget with it. Where that has lapsed, or too many others
   * spend just now, the rest is written alone.
   */
  const writtenUnspent = async (writes: readonly Write[], token: string) => {
    try {
      const refused = await table.transact([...writes, shareEnd(token)]);
      if (refused?.at(-1) !== true) return refused;
    } catch (error) {
      if (!(error instanceof TryAgain)) throw error;
    }
    return table.transact(writes);
  };
  return {
    ...drillNotes(table),

    async open(incident, isLikelyNew = false) {
      const find = () => table.get<Partial<Ending>>(incidentKey(incident.id));
      const known = isLikelyNew ? undefined : await find();
      if (known) return openedBefore(known);
      const ttl = timeToLive(incident.receivedAt);
      const follows = incident.follows ? { follows: true as const } : {};
      const opening: Opening = { incident: incident.id, policy: incident.policy, at: incident.openedAt, ...follows };
      const refused = await table.transact([
        {
          kind: 'put',
          item: { ...incidentKey(incident.id), incident, openedAt: iso(incident.openedAt), asked: false, ttl },
          condition: IS_NEW,
        },
        ...ofReal(incident, [
          // Flapping is no matter of what was broken on purpose.
          ...(incident.realDrill === undefined
            ? [{ kind: 'put' as const, item: { ...targetItemKey(incident.target, incident.openedAt, incident.id), opening, ttl } }]
            : []),
          { kind: 'put', item: { ...openKey(incident), past: pastOfIncident(incident), ttl } },
        ]),
      ]);
      if (!refused) return { isNew: true };
      return openedBefore(isLikelyNew ? ((await find()) ?? {}) : {});
    },

    attempts: async (incidentId) =>
      (await table.between<{ attempt: Attempt }>(incidentKey(incidentId).pk, 'attempt#', LAST)).map(({ attempt }) => withSummary(attempt)),

    async written(incidentId) {
      const { pk, sk } = incidentKey(incidentId);
      const items = await table.between<IncidentItem>(pk, 'attempt#', sk);
      const { asked, ...own }: Partial<IncidentItem> = items.find((item) => item.sk === sk) ?? {};
      const ending = endingOf(own);
      const tries = items.flatMap(({ attempt, held }) => (attempt ? [{ attempt, held }] : []));
      const [last] = tries.toSorted((left, right) => right.attempt.at - left.attempt.at);
      return {
        attempts: tries.map(({ attempt }) => withSummary(attempt)),
        ...(ending && { ending }),
        ...(asked !== undefined && { asked }),
        ...(last?.held && { held: last.held }),
      };
    },

    noteAsked: ({ id }) => table.set(incidentKey(id), { asked: true }),

    async history(target, since) {
      const { pk, sk } = leaseKey(target);
      const items = await table.between<HistoryItem>(pk, `at#${iso(since)}`, sk);
      const lease = items.find((item) => item.sk === sk) as (Key & Lease) | undefined;
      return {
        attempts: items.flatMap(({ attempt }) => (attempt ? withSummary(attempt) : [])),
        openings: items.flatMap(({ opening }) => opening ?? []),
        ...(lease && { lease }),
      };
    },

    async record(attempt, claimUntil, now, seen) {
      const before = seen ?? (await table.get<Lease>(leaseKey(attempt.target)));
      const [lease, ...slots] = claimMove({ ...attempt, lease: before }, claimUntil, now);
      const { by: _, ...holds }: Partial<Holdings> = holdingsOf(before, attempt.incident) ?? {};
      const held: HeldSince = { groups: [], ...holds, until: Math.max(claimUntil, before?.expiresAt ?? 0) };
      const writes: readonly Write[] = [
        lease,
        {
          kind: 'put',
          item: { ...attemptKey(attempt), attempt, held, ttl: timeToLive(now) },
          condition: isNewOrNotTaken,
        },
        {
          kind: 'put',
          item: { ...targetItemKey(attempt.target, attempt.at, attempt.token), attempt, ttl: timeToLive(now) },
        },
        notEnded(attempt.incident),
        ...slots,
      ];
      const refused = await (attempt.result === 'not-applicable' ? writtenUnspent(writes, attempt.token) : table.transact(writes));
      if (!refused) return 'recorded';
      return refused[1] ? 'known' : 'lease-lost';
    },

    recordReceipt: (attempt, receipt) => table.set(attemptKey(attempt), { 'attempt.receipt': receipt }),

    async recordResult(attempt, result, why, now, kept = []) {
      const judged = { 'attempt.result': result, 'attempt.why': redacted(why), 'attempt.judgedAt': now };
      const refused = await table.transact([
        { kind: 'set', key: targetItemKey(attempt.target, attempt.at, attempt.token), values: judged },
        {
          kind: 'set',
          key: attemptKey(attempt),
          values: { ...judged, ...(kept.length > 0 && { 'attempt.kept': redactedIn(kept) }) },
          // What was judged before is judged once more when its cure came late.
          ...(attempt.result === undefined && { condition: notJudged }),
        },
      ]);
      return refused ? 'known' : 'recorded';
    },

    async recordNotTaken(attempt, why, again, now) {
      const values = { 'attempt.result': 'not-taken', 'attempt.why': redacted(why), 'attempt.again': again, 'attempt.judgedAt': now };
      const writes: readonly Write[] = [
        { kind: 'set', key: targetItemKey(attempt.target, attempt.at, attempt.token), values },
        { kind: 'set', key: attemptKey(attempt), values, condition: sameTry(attempt) },
      ];
      await writtenUnspent(writes, attempt.token);
    },

    async giveBack(incidentId, rung) {
      const item = await table.get<{ giveBack: GiveBack }>(giveBackKey(incidentId, rung));
      return item && withSummary(item.giveBack);
    },

    async recordGiveBack(giveBack, claimUntil, now) {
      const [lease, ...places] = await moved(giveBack, claimUntil, now);
      const refused = await table.transact([
        lease,
        {
          kind: 'put',
          item: { ...giveBackKey(giveBack.incident, giveBack.rung), giveBack, ttl: timeToLive(now) },
          condition: IS_NEW,
        },
        ...places,
      ]);
      if (!refused) return 'recorded';
      return refused[1] ? 'known' : 'lease-lost';
    },

    async withdrawGiveBack({ incident, rung, at }) {
      const condition: Condition = {
        ConditionExpression: 'giveBack.#at = :at',
        ExpressionAttributeNames: { '#at': 'at' },
        ExpressionAttributeValues: { ':at': at },
      };
      await table.transact([{ kind: 'delete', key: giveBackKey(incident, rung), condition }]);
    },

    recordGiveBackEnd: ({ incident, rung }, end) => table.set(giveBackKey(incident, rung), { 'giveBack.end': end }),

    ending: async (incidentId) => endingOf((await table.get<Partial<Ending>>(incidentKey(incidentId))) ?? {}),

    async close(incident, ending, now) {
      const { id } = incident;
      const { end, changed, toldAt } = ending;
      const past: PastIncident = { ...pastOfIncident(incident), ended: { end, at: now, changed, ...(toldAt !== undefined && { toldAt }) } };
      const ttl = timeToLive(now);
      await table.transact([
        { kind: 'set', key: incidentKey(id), values: { incident, ...ending, closedAt: iso(now), ttl } },
        ...ofReal(incident, [
          { kind: 'put', item: { pk: leaseKey(incident.target).pk, sk: `${pastOf(incident.policy)}${iso(now)}#${id}`, past, ttl } },
          { kind: 'delete', key: openKey(incident) },
        ]),
      ]);
    },

    async past(policy, target, since) {
      const from = `${pastOf(policy)}${iso(since)}`;
      const items = await table.last<{ past: PastIncident }>(leaseKey(target).pk, from, `${pastOf(policy)}~`, MOST_PAST);
      return items.map(({ past }) => (past.ended ? { ...past, ended: { ...past.ended, end: withTodaysReason(past.ended.end) } } : past));
    },

    isRejectionNoted: async (policy, rejection) => (await table.get(rejectionKey(policy, rejection))) !== undefined,

    noteRejection: (policy, rejection, now) => table.set(rejectionKey(policy, rejection), { noted: true, ttl: timeToLive(now) }),

    async takeRejection(policy, rejection, now) {
      const values = { takenUntil: after(now, TOLD_WITHIN), ttl: timeToLive(now) };
      const condition = {
        ConditionExpression: 'attribute_not_exists(pk) OR (attribute_not_exists(noted) AND takenUntil <= :now)',
        ExpressionAttributeValues: { ':now': now },
      };
      return !(await table.transact([{ kind: 'set', key: rejectionKey(policy, rejection), values, condition }]));
    },
  };
}

/** An item of an incident: an attempt with what was held for it, or itself with its end, which sorts after them. */
interface IncidentItem extends Key, Partial<Ending> {
  readonly attempt?: Attempt;
  readonly held?: HeldSince;
  readonly asked?: boolean;
}

/** An item of a target's history. The lease sorts after it, so that one query brings both. */
interface HistoryItem extends Key {
  readonly attempt?: Attempt;
  readonly opening?: Opening;
}

const notJudged: Condition = {
  ConditionExpression: 'attribute_not_exists(#attempt.#result)',
  ExpressionAttributeNames: { '#attempt': 'attempt', '#result': 'result' },
};

/** An attempt that AWS did not take is made again under its own token. */
const isNewOrNotTaken = {
  ConditionExpression: 'attribute_not_exists(pk) OR #attempt.#result = :notTaken',
  ExpressionAttributeNames: { '#attempt': 'attempt', '#result': 'result' },
  ExpressionAttributeValues: { ':notTaken': 'not-taken' },
};

function endingOf({ end, told = false, written = false, changed = true, taught, toldAt }: Partial<Ending>): Ending | undefined {
  return (
    end && {
      end: withTodaysReason(end),
      told,
      written,
      changed,
      ...(taught !== undefined && { taught }),
      ...(toldAt !== undefined && { toldAt }),
    }
  );
}

function openedBefore(known: Partial<Ending>): Opened {
  const ending = endingOf(known);
  return { isNew: false, ...(ending && { ending }) };
}

function rejectionKey(policy: string, rejection: string): Key {
  return { pk: `rejected#${policy}`, sk: rejection };
}

function pastOfIncident({ id, receivedAt, realDrill }: Incident): PastIncident {
  return { id, receivedAt, ...(realDrill !== undefined && { drill: realDrill }) };
}

function pastOf(policy: string): string {
  return `past#${policy}#`;
}

/** Sorts after every time, so that open incidents are the latest. */
function openKey({ id, policy, target }: Incident): Key {
  return { pk: leaseKey(target).pk, sk: `${pastOf(policy)}open#${id}` };
}

/** In the target's partition, in the order of time. */
function targetItemKey(target: Target, at: Instant, id: string): Key {
  return { pk: `target#${targetKey(target)}`, sk: `at#${iso(at)}#${id}` };
}

function giveBackKey(incidentId: string, rung: number): Key {
  return { pk: incidentKey(incidentId).pk, sk: `give-back#${rung}` };
}

/**
 * Each try of a rung has its own time. Of one that is known not to have been taken the next may be paid for already, under the same token,
 * so that nothing is freed twice.
 */
function sameTry({ at }: Attempt): Condition {
  return {
    ConditionExpression: '#attempt.#at = :at AND (attribute_not_exists(#attempt.#result) OR #attempt.#result <> :notTaken)',
    ExpressionAttributeNames: { '#attempt': 'attempt', '#at': 'at', '#result': 'result' },
    ExpressionAttributeValues: { ':at': at, ':notTaken': 'not-taken' },
  };
}

/** Others change the item by its version, which is counted up, so that none of them writes the act back. */
function shareEnd(token: string): Write {
  return {
    ...{ kind: 'set', key: spendingKey, values: {}, removed: [`value.${token}`], counted: ['version'] },
    condition: {
      ConditionExpression: `attribute_exists(#value.${aliasOf(token)})`,
      ExpressionAttributeNames: { '#value': 'value', [aliasOf(token)]: token },
    },
  };
}

/** What the target's partition learns of an incident: nothing of a drill, which is no turn of an alarm and keeps the sweep from nothing. */
function ofReal({ drill }: Incident, writes: readonly Write[]): readonly Write[] {
  return drill === undefined ? writes : [];
}

/** Two digits keep the rungs in order. */
function attemptKey({ incident, rung }: Attempt): Key {
  return { pk: incidentKey(incident).pk, sk: `attempt#${String(rung).padStart(2, '0')}` };
}
