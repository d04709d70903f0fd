import type { Database } from '../core/ports.ts';
import {
  assessAvailability,
  availableOrRefusal,
  noParams,
  observeDatabase,
  observePermission,
  rebootPermission,
} from './database-observation.ts';
import { defineRemediator, isRefusal, type Refusal } from './remediator.ts';

interface Plan {
  readonly id: string;
  /** The Availability Zone of the primary before, by which a failover that RDS dropped is noticed. */
  readonly zoneBefore: string;
}

/**
 * Fails a Multi-AZ RDS instance over to its standby.
 *
 * Cures what: a primary that is ill while its host or zone may be the cause.
 * Does what in AWS: one `rds:RebootDBInstance` with `ForceFailover`.
 * Can harm what: every session is cut off; the endpoint is away for one to two minutes while its name moves.
 * Refuses when: the database does not exist, is not `available`, has no standby, or its zone cannot be read.
 * Safe twice: no, it would fail back; the attempt record keeps it to one, and RDS itself drops one that comes too soon.
 */
export const remediator = defineRemediator<typeof noParams, Database | undefined, Plan, object>({
  name: 'fail-over-database',
  targets: ['database'],
  acts: true,
  params: noParams,
  settle: { minutes: 2 },
  verifyWithin: { minutes: 10 },
  permissions: { observe: [observePermission], execute: [rebootPermission] },
  observe: (target, _params, ports) => observeDatabase(target, ports),
  plan(observed) {
    const database = availableOrRefusal(observed);
    return isRefusal(database) ? database : planFailover(database);
  },
  deed: ({ id, zoneBefore }) => `fail database ${id} over from ${zoneBefore}`,
  async execute({ plan }, { databases }) {
    await databases.reboot(plan.id, { failOver: true });
    return {};
  },
  assess({ zoneBefore }, database) {
    const progress = assessAvailability(database);
    if (progress.kind !== 'done' || database?.zone !== zoneBefore) return progress;
    return { kind: 'running', why: `the primary is still in ${zoneBefore}` };
  },
});

function planFailover(database: Database): Plan | Refusal {
  if (!database.multiAz) return { refusal: 'not-applicable', why: 'the database has no standby in another zone' };
  if (!database.zone)
    return { refusal: 'unsafe-to-act', why: 'the zone of the primary cannot be read, so a failover could not be verified' };
  return { id: database.id, zoneBefore: database.zone };
}
