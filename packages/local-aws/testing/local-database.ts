import { vi } from 'vitest';
import type { Upstream } from '../gateway/service.ts';

/** Makes an RDS instance at the local AWS and waits until it is available. */
export async function createDatabase(upstream: Upstream, DBInstanceIdentifier: string, MultiAZ: boolean): Promise<void> {
  await upstream.call('rds', 'CreateDBInstance', {
    DBInstanceIdentifier,
    MultiAZ,
    Engine: 'postgres',
    DBInstanceClass: 'db.t4g.micro',
    AllocatedStorage: 20,
    MasterUsername: 'owner',
    MasterUserPassword: 'not-used-here',
    AvailabilityZone: 'us-east-1a',
    Tags: [{ Key: 'team', Value: 'shop' }],
  });
  await vi.waitFor(async () => {
    const { DBInstances } = await upstream.call('rds', 'DescribeDBInstances', { DBInstanceIdentifier });
    if ((DBInstances as { DBInstanceStatus: string }[])[0]?.DBInstanceStatus !== 'available') throw new Error('not available yet');
  });
}
