import type { DatabaseUser } from '@self-healing/local-aws/database/orders-database.ts';
import type { Upstream } from '@self-healing/local-aws/gateway/service.ts';
import { fixtures } from './fixtures.ts';

/** Makes what a user's account has before the pipeline is deployed: an Auto Scaling group, a database and its login, by name. */
export async function furnishAccount(upstream: Upstream, login: DatabaseUser): Promise<void> {
  const { group, database } = fixtures;
  await upstream.call('autoscaling', 'CreateLaunchConfiguration', {
    LaunchConfigurationName: group.name,
    ImageId: 'ami-0123456789abcdef0',
    InstanceType: 't4g.small',
  });
  await upstream.call('autoscaling', 'CreateAutoScalingGroup', {
    AutoScalingGroupName: group.name,
    LaunchConfigurationName: group.name,
    MinSize: group.min,
    MaxSize: group.max,
    DesiredCapacity: group.desired,
    AvailabilityZones: ['us-east-1a'],
  });
  await upstream.call('rds', 'CreateDBInstance', {
    DBInstanceIdentifier: database.id,
    DBInstanceClass: 'db.t4g.small',
    Engine: 'postgres',
    MasterUsername: 'owner',
    MasterUserPassword: 'not-used-here',
    AllocatedStorage: database.allocatedGibibytes,
    MultiAZ: true,
    AvailabilityZone: 'us-east-1a',
  });
  await upstream.call('secretsmanager', 'CreateSecret', { Name: database.secret, SecretString: JSON.stringify(login) });
}
