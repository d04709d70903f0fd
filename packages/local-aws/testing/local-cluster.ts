import { vi } from 'vitest';
import type { Upstream } from '../gateway/service.ts';

/** Makes a cluster at the local AWS, with a writer `<id>-1` and as many readers as are asked for, and waits until all are available. */
export async function createCluster(upstream: Upstream, id: string, Engine: string, readers: number): Promise<void> {
  await upstream.call('rds', 'CreateDBCluster', {
    DBClusterIdentifier: id,
    Engine,
    MasterUsername: 'owner',
    MasterUserPassword: 'not-used-here',
    Tags: [{ Key: 'team', Value: 'shop' }],
  });
  for (let number = 1; number <= readers + 1; number += 1) {
    await upstream.call('rds', 'CreateDBInstance', {
      DBInstanceIdentifier: `${id}-${number}`,
      DBClusterIdentifier: id,
      DBInstanceClass: 'db.t4g.medium',
      Engine,
    });
  }
  const filter = { Filters: [{ Name: 'db-cluster-id', Values: [id] }] };
  await vi.waitFor(async () => {
    const { DBClusters } = await upstream.call('rds', 'DescribeDBClusters', filter);
    const { DBInstances } = await upstream.call('rds', 'DescribeDBInstances', filter);
    const statuses = [
      ...(DBClusters as { Status: string }[]).map(({ Status }) => Status),
      ...(DBInstances as { DBInstanceStatus: string }[]).map(({ DBInstanceStatus }) => DBInstanceStatus),
    ];
    if (statuses.length < readers + 2 || statuses.some((status) => status !== 'available')) throw new Error(`still ${statuses.join(', ')}`);
  });
}
