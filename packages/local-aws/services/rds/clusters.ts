import { type ActionHandler, AwsError, type AwsEvent, type Parameters, type Upstream } from '../../gateway/service.ts';

/** The members behind an RDS cluster. */
export interface ClusterMachine {
  /** Reboots them all, or moves the writer, and resolves when the cluster serves again. */
  reboot(dbClusterIdentifier: string, failover: boolean): Promise<void>;
}

interface DbCluster {
  readonly DBClusterIdentifier: string;
  readonly DBClusterArn: string;
  readonly Status: string;
  readonly Engine: string;
}

/**
 * Clusters with failovers and reboots that last. MiniStack keeps the cluster and moves its writer at once; it knows no
 * RebootDBCluster. `follow` is given what goes on after the answer.
 */
export function clusterActions(machine: ClusterMachine, follow: (work: Promise<void>) => void): Readonly<Record<string, ActionHandler>> {
  const statuses = new Map<string, string>();
  const overlaid = (cluster: DbCluster): DbCluster => ({
    ...cluster,
    Status: statuses.get(cluster.DBClusterIdentifier) ?? cluster.Status,
  });
  const busy = async (cluster: DbCluster, work: () => Promise<void>): Promise<void> => {
    const id = cluster.DBClusterIdentifier;
    try {
      await work();
      statuses.delete(id);
    } catch (error) {
      console.error(`The cluster ${id} did not come back:`, error);
      statuses.set(id, 'failed');
    }
  };
  /** Nothing is awaited between the check and the new status, so of two calls at once one is refused. */
  const claim = async (parameters: Parameters, upstream: Upstream, status: string, check: (cluster: DbCluster) => Promise<void>) => {
    const id = String(parameters.DBClusterIdentifier);
    const described = overlaid(await clusterNamed(id, upstream));
    await check(described);
    const cluster = overlaid(described);
    if (cluster.Status !== 'available')
      throw invalidState(`DbCluster ${id} is in ${cluster.Status} state but expected it to be available.`);
    statuses.set(id, status);
    return { ...cluster, Status: status };
  };
  return {
    DescribeDBClusters: async (parameters, upstream) => {
      const answer = await upstream.call('rds', 'DescribeDBClusters', parameters);
      return { ...answer, DBClusters: ((answer.DBClusters ?? []) as DbCluster[]).map(overlaid) };
    },
    FailoverDBCluster: async (parameters, upstream) => {
      const cluster = await claim(parameters, upstream, 'failing-over', (found) => refuseWithoutReader(found, upstream));
      const id = cluster.DBClusterIdentifier;
      follow(
        busy(cluster, async () => {
          await upstream.sendEvents([failoverEvent(cluster, 'RDS-EVENT-0073', 'Started cross AZ failover')]);
          await machine.reboot(id, true);
          await upstream.call('rds', 'FailoverDBCluster', parameters);
          await upstream.sendEvents([failoverEvent(cluster, 'RDS-EVENT-0071', 'Completed failover')]);
        }),
      );
      return { DBCluster: cluster };
    },
    RebootDBCluster: async (parameters, upstream) => {
      const cluster = await claim(parameters, upstream, 'rebooting', async ({ Engine, DBClusterIdentifier }) => {
        if (Engine.startsWith('aurora')) throw invalidState(`DbCluster ${DBClusterIdentifier} is not a Multi-AZ DB cluster.`);
      });
      follow(busy(cluster, () => machine.reboot(cluster.DBClusterIdentifier, false)));
      return { DBCluster: cluster };
    },
  };
}

async function clusterNamed(DBClusterIdentifier: string, upstream: Upstream): Promise<DbCluster> {
  const { DBClusters } = await upstream.call('rds', 'DescribeDBClusters', {
    Filters: [{ Name: 'db-cluster-id', Values: [DBClusterIdentifier] }],
  });
  const [found] = (DBClusters ?? []) as DbCluster[];
  if (found === undefined) throw new AwsError('DBClusterNotFoundFault', `DBCluster ${DBClusterIdentifier} not found.`, 404);
  return found;
}

async function refuseWithoutReader(cluster: DbCluster, upstream: Upstream): Promise<void> {
  const { DBClusterIdentifier: id } = cluster;
  const { DBInstances } = await upstream.call('rds', 'DescribeDBInstances', { Filters: [{ Name: 'db-cluster-id', Values: [id] }] });
  const available = ((DBInstances ?? []) as { DBInstanceStatus: string }[]).filter(
    ({ DBInstanceStatus }) => DBInstanceStatus === 'available',
  );
  if (available.length < 2) throw invalidState(`Cannot failover DB cluster ${id} because it has no available reader instance to promote.`);
}

function invalidState(message: string): AwsError {
  return new AwsError('InvalidDBClusterStateFault', message);
}

function failoverEvent({ DBClusterIdentifier, DBClusterArn }: DbCluster, id: string, message: string): AwsEvent {
  return {
    source: 'aws.rds',
    'detail-type': 'RDS DB Cluster Event',
    resources: [DBClusterArn],
    detail: {
      EventCategories: ['failover'],
      SourceType: 'CLUSTER',
      SourceArn: DBClusterArn,
      Date: new Date().toISOString(),
      Message: message,
      SourceIdentifier: DBClusterIdentifier,
      EventID: id,
    },
  };
}
