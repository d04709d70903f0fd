import type { DatabaseCluster } from '../core/ports.ts';
import {
  appliesInWords,
  assessAvailability,
  availableOrRefusal,
  awaitingReboot,
  type DatabaseOrCluster,
  familyOf,
  isCluster,
  noParams,
  observeClusterPermission,
  observeDatabaseOrCluster,
  observePermission,
  rebootPermission,
} from './database-observation.ts';
import { defineRemediator, isRefusal, type Permission, type Refusal } from './remediator.ts';

/** `applies` names the parameter groups whose waiting parameters the reboot applies. */
type Plan = ({ readonly id: string } | { readonly cluster: string }) & { readonly applies?: readonly string[] };

const rebootClusterPermission: Permission = { actions: ['rds:RebootDBCluster'], on: 'targets', kind: 'database-cluster' };

/**
 * Reboots an RDS instance, or all members of a Multi-AZ DB cluster, in place.
 *
 * Cures what: an engine that is wedged, or whose connections are used up by clients that never return.
 * Does what in AWS: one `rds:RebootDBInstance` without failover, or one `rds:RebootDBCluster`.
 * Can harm what: every session is cut off and the database is away for about a minute; a cold cache makes it slower for a while.
 * Static parameters that wait for a reboot take effect; plan, question and message name their groups.
 * Refuses when: the database does not exist or is not `available`. It does not apply to an Aurora cluster: RDS reboots only
 * its single instances, and which one is the writer is not known when the role is made, so the role would have to reach
 * every database of the account. Fail the cluster over, or protect its writer as an instance.
 * Safe twice: no, each is an outage; the attempt record keeps it to one.
 * Proved by: `contract/remedies-act`, `contract/database-clusters`.
 */
export const remediator = defineRemediator<'databases' | 'clusters', typeof noParams, DatabaseOrCluster | undefined, Plan, object>({
  name: 'reboot-database',
  targets: ['database', 'database-cluster'],
  acts: true,
  cost: 'outage',
  params: noParams,
  settle: { minutes: 1 },
  verifyWithin: { minutes: 10 },
  // With the recovery of a database that was busy.
  longest: () => ({ minutes: 20 }),
  heldTo: (plan) => plan,
  ports: { databases: true, clusters: true },
  permissions: { observe: [observePermission, observeClusterPermission], execute: [rebootPermission, rebootClusterPermission] },
  observe: (target, _params, ports) => observeDatabaseOrCluster(target, ports),
  plan(observed) {
    const database = availableOrRefusal(observed);
    if (isRefusal(database)) return database;
    return isCluster(database) ? planClusterReboot(database) : { id: database.id, ...awaitingReboot(database) };
  },
  summary: (plan) => `reboot database ${'cluster' in plan ? `cluster ${plan.cluster}` : plan.id}${appliesInWords(plan.applies)}`,
  async execute({ plan }, { databases, clusters }) {
    if ('cluster' in plan) await clusters.reboot(plan.cluster);
    else await databases.reboot(plan.id, { failOver: false });
    return {};
  },
  assess: (_plan, database) => assessAvailability(database),
});

function planClusterReboot(cluster: DatabaseCluster): Plan | Refusal {
  if (familyOf(cluster) === 'multi-az') return { cluster: cluster.id, ...awaitingReboot(cluster) };
  return { refusal: 'not-applicable', why: `a cluster of engine ${cluster.engine} cannot be rebooted as a whole` };
}
