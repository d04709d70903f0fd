import {
  type DBCluster,
  type DBInstance,
  DescribeDBClustersCommand,
  DescribeDBInstancesCommand,
  FailoverDBClusterCommand,
  RDSClient,
  RebootDBClusterCommand,
} from '@aws-sdk/client-rds';
import type { ClusterMember, DatabaseClusters } from '../../core/ports.ts';
import { acting, actingClient, reading } from '../aws-call.ts';
import { groupsAwaitingReboot, isSameIdentifier } from './databases.ts';
import { eventsOf } from './events.ts';

/** RDS clusters, of Aurora and Multi-AZ ones. */
export function databaseClusters(client = new RDSClient({}), actor = new RDSClient(actingClient)): DatabaseClusters {
  return {
    async describe(id) {
      const command = new DescribeDBClustersCommand({ Filters: [byCluster(id)] });
      const answer = await reading('describe the database cluster', () => client.send(command));
      const cluster = answer.DBClusters?.find(({ DBClusterIdentifier }) => isSameIdentifier(DBClusterIdentifier, id));
      if (!cluster) return undefined;
      return {
        id,
        status: cluster.Status ?? 'unknown',
        engine: cluster.Engine ?? 'unknown',
        members: membersOf(cluster, await describeMembers(client, id)),
        ...(follows(cluster) && { follows: true as const }),
        tags: Object.fromEntries((cluster.TagList ?? []).map(({ Key = '', Value = '' }) => [Key, Value])),
      };
    },
    events: (id, since) => eventsOf(client, 'db-cluster', id, since),
    async reboot(id) {
      await acting('reboot the database cluster', () => actor.send(new RebootDBClusterCommand({ DBClusterIdentifier: id })));
    },
    async failOver(id) {
      await acting('fail the database cluster over', () => actor.send(new FailoverDBClusterCommand({ DBClusterIdentifier: id })));
    },
  };
}

/** A cluster has at most 16 members, so one page holds them all. */
async function describeMembers(client: RDSClient, cluster: string): Promise<readonly DBInstance[]> {
  const command = new DescribeDBInstancesCommand({ Filters: [byCluster(cluster)] });
  const answer = await reading('describe the members of the database cluster', () => client.send(command));
  return answer.DBInstances ?? [];
}

function membersOf(
  { DBClusterMembers = [], DBClusterParameterGroup }: DBCluster,
  instances: readonly DBInstance[],
): readonly ClusterMember[] {
  return DBClusterMembers.map(({ DBInstanceIdentifier: id = '', IsClusterWriter: writer = false, DBClusterParameterGroupStatus }) => {
    const instance = instances.find(({ DBInstanceIdentifier }) => DBInstanceIdentifier === id);
    const ofCluster = DBClusterParameterGroupStatus === 'pending-reboot' ? [DBClusterParameterGroup ?? '(of the cluster)'] : [];
    const awaitingReboot = [...ofCluster, ...(instance ? groupsAwaitingReboot(instance) : [])];
    return { id, writer, status: instance?.DBInstanceStatus ?? 'unknown', ...(awaitingReboot.length > 0 && { awaitingReboot }) };
  });
}

/** RDS names the source of a replica, and tells of secondary clusters of a global database whether they forward writes. */
function follows({ ReplicationSourceIdentifier, GlobalWriteForwardingStatus }: DBCluster): boolean {
  return Boolean(ReplicationSourceIdentifier) || GlobalWriteForwardingStatus !== undefined;
}

function byCluster(id: string) {
  return { Name: 'db-cluster-id', Values: [id] };
}
