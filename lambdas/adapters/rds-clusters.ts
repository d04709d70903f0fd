import {
  type DBCluster,
  DescribeDBClustersCommand,
  DescribeDBInstancesCommand,
  FailoverDBClusterCommand,
  RDSClient,
  RebootDBClusterCommand,
} from '@aws-sdk/client-rds';
import type { ClusterMember, DatabaseClusters } from '../core/ports.ts';
import { acting, actingClient, reading } from './aws-error.ts';

/** RDS clusters, of Aurora and Multi-AZ ones. */
export function databaseClusters(client = new RDSClient({}), actor = new RDSClient(actingClient)): DatabaseClusters {
  return {
    async describe(id) {
      const command = new DescribeDBClustersCommand({ Filters: [byCluster(id)] });
      const answer = await reading('describe the database cluster', () => client.send(command));
      const cluster = answer.DBClusters?.find(({ DBClusterIdentifier }) => DBClusterIdentifier === id);
      if (!cluster) return undefined;
      return {
        id,
        status: cluster.Status ?? 'unknown',
        engine: cluster.Engine ?? 'unknown',
        members: membersOf(cluster, await memberStatuses(client, id)),
        tags: Object.fromEntries((cluster.TagList ?? []).map(({ Key = '', Value = '' }) => [Key, Value])),
      };
    },
    async reboot(id) {
      await acting('reboot the database cluster', () => actor.send(new RebootDBClusterCommand({ DBClusterIdentifier: id })));
    },
    async failOver(id) {
      await acting('fail the database cluster over', () => actor.send(new FailoverDBClusterCommand({ DBClusterIdentifier: id })));
    },
  };
}

/** A cluster has at most 16 members, so one page holds them all. */
async function memberStatuses(client: RDSClient, cluster: string): Promise<ReadonlyMap<string, string>> {
  const command = new DescribeDBInstancesCommand({ Filters: [byCluster(cluster)] });
  const answer = await reading('describe the members of the database cluster', () => client.send(command));
  return new Map(
    (answer.DBInstances ?? []).map(({ DBInstanceIdentifier = '', DBInstanceStatus = 'unknown' }) => [
      DBInstanceIdentifier,
      DBInstanceStatus,
    ]),
  );
}

function membersOf({ DBClusterMembers = [] }: DBCluster, statuses: ReadonlyMap<string, string>): readonly ClusterMember[] {
  return DBClusterMembers.map(({ DBInstanceIdentifier: id = '', IsClusterWriter: writer = false }) => ({
    id,
    writer,
    status: statuses.get(id) ?? 'unknown',
  }));
}

function byCluster(id: string) {
  return { Name: 'db-cluster-id', Values: [id] };
}
