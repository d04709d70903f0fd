import type { DatabaseCluster } from '../core/ports.ts';
import type { Progress } from '../core/verification.ts';
import { awaitingReboot, type DatabaseOrCluster, familyOf, isCluster } from './database-observation.ts';
import type { Permission, Refusal } from './remediator.ts';

/** A failover of a cluster to a reader that RDS chooses. */
export interface ClusterFailover {
  readonly cluster: string;
  /** The member that wrote before, by which a failover that RDS dropped is noticed. */
  readonly writerBefore: string;
  /** The parameter groups whose waiting parameters the restarts of a failover apply. */
  readonly applies?: readonly string[];
}

/**
 * On the cluster alone. It is not known for certain that AWS never asks for the member's own ARN, too; if it does, the
 * call is denied, and the incident ends as a hand-off that says so.
 */
export const failoverPermission: Permission = { actions: ['rds:FailoverDBCluster'], on: 'targets', kind: 'database-cluster' };

/** Statuses in which RDS, or a person by it, works on the writer; and that of one of which RDS tells nothing. */
const WORKED_ON =
  /^(modifying|upgrading|maintenance|rebooting|renaming|creating|starting|stopping|deleting|delete-precheck|resetting-master-credentials|.*-to-vpc|storage-config-upgrade|unknown)$/;

/** The failover of an available cluster, or why there is none. */
export function planClusterFailover(cluster: DatabaseCluster): ClusterFailover | Refusal {
  if (!familyOf(cluster)) return { refusal: 'not-applicable', why: `a cluster of engine ${cluster.engine} is not one of RDS or Aurora` };
  const readers = cluster.members.filter(({ writer }) => !writer);
  if (readers.length === 0) return { refusal: 'not-applicable', why: 'the cluster has no reader that could take over' };
  if (!readers.some(({ status }) => status === 'available'))
    return { refusal: 'unsafe-to-act', why: `no reader is available: ${readers.map(({ id, status }) => `${id} is ${status}`).join(', ')}` };
  const writer = writerOf(cluster);
  if (writer === undefined)
    return { refusal: 'unsafe-to-act', why: 'the writer of the cluster cannot be read, so a failover could not be verified' };
  const { status } = writer;
  if (WORKED_ON.test(status))
    return { refusal: 'unsafe-to-act', why: `the writer ${writer.id} is ${status}, which a failover would cut off` };
  return { cluster: cluster.id, writerBefore: writer.id, ...awaitingReboot(cluster) };
}

/** Whether another member writes now, of a cluster that is available again. */
export function assessClusterFailover({ writerBefore }: ClusterFailover, cluster: DatabaseOrCluster, available: Progress): Progress {
  const writer = isCluster(cluster) ? writerOf(cluster) : undefined;
  if (writer === undefined) return { kind: 'running', why: 'the cluster has no writer yet' };
  return writer.id === writerBefore ? { kind: 'running', why: `the writer is still ${writerBefore}` } : available;
}

function writerOf({ members }: DatabaseCluster) {
  return members.find(({ writer }) => writer);
}
