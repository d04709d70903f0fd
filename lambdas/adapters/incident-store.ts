import { iso } from '../core/duration.ts';
import type { Attempt } from '../core/incident.ts';
import type { Ending, IncidentStore } from '../core/ports.ts';
import { targetKey } from '../core/target.ts';
import { leaseKey } from './claims.ts';
import { type IncidentTable, type Key, timeToLive } from './incident-table.ts';

/** Sorts after every attempt. */
const LAST = 'attempt#~';

/**
 * Incidents and attempts in the incident table:
 *
 * | pk | sk | holds |
 * |---|---|---|
 * | `incident#<id>` | `incident` | the incident and its end |
 * | `incident#<id>` | `attempt#<rung>` | an attempt, its receipt and result |
 * | `target#<key>` | `attempt#<time>#<token>` | the attempts on the target, over all incidents |
 */
export function incidentStore(table: IncidentTable): IncidentStore {
  const attempts = async (pk: string, from: string) =>
    (await table.between<{ attempt: Attempt }>(pk, from, LAST)).map(({ attempt }) => attempt);
  return {
    async open(incident) {
      await table.putNew({ ...incidentKey(incident.id), incident, openedAt: iso(incident.openedAt), ttl: timeToLive(incident.receivedAt) });
    },

    attempts: (incidentId) => attempts(incidentKey(incidentId).pk, 'attempt#'),

    history: (target, since) => attempts(leaseKey(target).pk, `attempt#${iso(since)}`),

    async record(attempt, now) {
      const refused = await table.transact([
        {
          kind: 'check',
          key: leaseKey(attempt.target),
          condition: {
            ConditionExpression: 'incident = :incident AND expiresAt > :now',
            ExpressionAttributeValues: { ':incident': attempt.incident, ':now': now },
          },
        },
        {
          kind: 'put',
          item: { ...attemptKey(attempt), attempt, ttl: timeToLive(now) },
          condition: { ConditionExpression: 'attribute_not_exists(pk)' },
        },
        {
          kind: 'put',
          item: {
            pk: `target#${targetKey(attempt.target)}`,
            sk: `attempt#${iso(attempt.at)}#${attempt.token}`,
            attempt,
            ttl: timeToLive(now),
          },
        },
      ]);
      if (!refused) return 'recorded';
      return refused[1] ? 'known' : 'lease-lost';
    },

    recordReceipt: (attempt, receipt) => table.set(attemptKey(attempt), { 'attempt.receipt': receipt }),

    recordResult: (attempt, result, why) => table.set(attemptKey(attempt), { 'attempt.result': result, 'attempt.why': why }),

    async ending(incidentId) {
      const { end, told = false, written = false } = (await table.get<Partial<Ending>>(incidentKey(incidentId))) ?? {};
      return end && { end, told, written };
    },

    close: (incident, ending, now) =>
      table.set(incidentKey(incident.id), { incident, ...ending, closedAt: iso(now), ttl: timeToLive(now) }),
  };
}

function incidentKey(id: string): Key {
  return { pk: `incident#${id}`, sk: 'incident' };
}

/** Two digits keep the rungs in order. */
function attemptKey({ incident, rung }: Attempt): Key {
  return { pk: incidentKey(incident).pk, sk: `attempt#${String(rung).padStart(2, '0')}` };
}
