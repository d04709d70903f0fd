import type { Database } from '../core/ports.ts';
import { assessClusterFailover, type ClusterFailover, failoverPermission, planClusterFailover } from './cluster-failover.ts';
import {
  appliesInWords,
  assessAvailability,
  availableOrRefusal,
  awaitingReboot,
  type DatabaseOrCluster,
  isCluster,
  noParams,
  observeClusterPermission,
  observeDatabaseOrCluster,
  observePermission,
  rebootPermission,
} from './database-observation.ts';
import { defineRemediator, isRefusal, type Refusal } from './remediator.ts';

interface InstanceFailover {
  readonly id: string;
  /** The Availability Zone of the primary before, by which a failover that RDS dropped is noticed. */
  readonly zoneBefore: string;
  /** The parameter groups whose waiting parameters the restart applies. */
  readonly applies?: readonly string[];
}

/**
 * Fails a Multi-AZ RDS instance over to its standby, or a cluster (Aurora or Multi-AZ) over to one of its readers.
 *
 * Cures what: a primary that is ill while its host or zone may be the cause.
 * Does what in AWS: one `rds:RebootDBInstance` with `ForceFailover`, or one `rds:FailoverDBCluster`, for which RDS itself
 * chooses the reader.
 * Can harm what: every session is cut off, and static parameters that wait for a reboot take effect, which plan, question and
 * message name; the endpoint is away for one to two minutes while its name moves, of a cluster
 * usually less. A reader that lags behind is not recognised: what RDS tells of a cluster and its members has no lag in it.
 * Readers of Aurora share the writer's storage, those of a Multi-AZ DB cluster apply what is outstanding before they
 * write, so lag makes the failover longer and does not lose what was committed.
 * Refuses when: the database does not exist, is not `available`, or its zone cannot be read; a cluster has no reader that is `available`,
 * or its writer cannot be read. Without a standby, or without any reader, the next rung is tried.
 * Safe twice: no, it would fail back; the attempt record keeps it to one, and RDS itself drops one that comes too soon.
 * Proved by: `contract/remedies-act`, `contract/database-clusters`.
 */
export const remediator = defineRemediator<
  'databases' | 'clusters',
  typeof noParams,
  DatabaseOrCluster | undefined,
  InstanceFailover | ClusterFailover,
  object
>({
  name: 'fail-over-database',
  targets: ['database', 'database-cluster'],
  acts: true,
  cost: 'outage',
  params: noParams,
  settle: { minutes: 2 },
  verifyWithin: { minutes: 10 },
  longest: () => ({ minutes: 20 }),
  heldTo: (plan) => plan,
  ports: { databases: true, clusters: true },
  permissions: { observe: [observePermission, observeClusterPermission], execute: [rebootPermission, failoverPermission] },
  observe: (target, _params, ports) => observeDatabaseOrCluster(target, ports),
  plan(observed) {
    const database = availableOrRefusal(observed);
    if (isRefusal(database)) return database;
    return isCluster(database) ? planClusterFailover(database) : planFailover(database);
  },
  summary: (plan) =>
    'cluster' in plan
      ? `fail database cluster ${plan.cluster} over from ${plan.writerBefore}${appliesInWords(plan.applies)}`
      : `fail database ${plan.id} over from ${plan.zoneBefore}${appliesInWords(plan.applies)}`,
  async execute({ plan }, { databases, clusters }) {
    if ('cluster' in plan) await clusters.failOver(plan.cluster);
    else await databases.reboot(plan.id, { failOver: true });
    return {};
  },
  assess(plan, database) {
    const progress = assessAvailability(database);
    if (progress.kind !== 'done' || !database) return progress;
    if ('cluster' in plan) return assessClusterFailover(plan, database, progress);
    if (isCluster(database) || database.zone !== plan.zoneBefore) return progress;
    return { kind: 'running', why: `the primary is still in ${plan.zoneBefore}` };
  },
});

function planFailover(database: Database): InstanceFailover | Refusal {
  if (!database.multiAz) return { refusal: 'not-applicable', why: 'the database has no standby in another zone' };
  if (!database.zone)
    return { refusal: 'unsafe-to-act', why: 'the zone of the primary cannot be read, so a failover could not be verified' };
  return { id: database.id, zoneBefore: database.zone, ...awaitingReboot(database) };
}
