import {
  AutoScalingClient,
  DescribeAutoScalingGroupsCommand,
  DescribeScalingActivitiesCommand,
  SetDesiredCapacityCommand,
} from '@aws-sdk/client-auto-scaling';
import { DescribeDBInstancesCommand, DescribeEventsCommand, RDSClient, RebootDBInstanceCommand } from '@aws-sdk/client-rds';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type LocalAws, startLocalAws } from '../../local-aws.ts';
import { createAutoScaling } from '../../services/auto-scaling.ts';
import { createRds } from '../../services/rds.ts';

const launched: string[] = [];
const reboots: { id: string; failover: boolean; done: PromiseWithResolvers<void> }[] = [];
const scaling = createAutoScaling({ launch: async (_, id) => void launched.push(id), terminate: async () => {} });
const rds = createRds({
  reboot: (id, failover) => {
    const done = Promise.withResolvers<void>();
    reboots.push({ id, failover, done });
    return done.promise;
  },
  grow: async () => undefined,
});

let aws: LocalAws;
beforeAll(async () => {
  aws = await startLocalAws({ services: [scaling, rds] });
});
afterAll(() => aws.stop());

describe('an Auto Scaling group', () => {
  const AutoScalingGroupName = 'web';
  const group = async () => {
    const { AutoScalingGroups } = await new AutoScalingClient(aws.client).send(new DescribeAutoScalingGroupsCommand({}));
    return AutoScalingGroups?.find((each) => each.AutoScalingGroupName === AutoScalingGroupName);
  };
  const setCapacity = (DesiredCapacity: number) =>
    new AutoScalingClient(aws.client).send(new SetDesiredCapacityCommand({ AutoScalingGroupName, DesiredCapacity, HonorCooldown: false }));

  it('has the members that were launched for it', async () => {
    const settings = { AutoScalingGroupName, MinSize: 1, MaxSize: 3, DesiredCapacity: 1, AvailabilityZones: ['us-east-1a'] };
    await aws.upstream.call('autoscaling', 'CreateAutoScalingGroup', settings);
    await scaling.fill(AutoScalingGroupName, aws.upstream);
    expect((await group())?.Instances).toMatchObject([{ InstanceId: launched[0], LifecycleState: 'InService', HealthStatus: 'Healthy' }]);
  });

  it('launches a machine when its capacity is raised', async () => {
    await setCapacity(2);
    await scaling.settled();
    expect(await group()).toMatchObject({ DesiredCapacity: 2, Instances: launched.map((InstanceId) => ({ InstanceId })) });
    const { Activities } = await new AutoScalingClient(aws.client).send(new DescribeScalingActivitiesCommand({ AutoScalingGroupName }));
    expect(Activities?.[0]).toMatchObject({ StatusCode: 'Successful', Cause: 'A user request set the desired capacity from 1 to 2.' });
  });

  it.each([
    [4, 'above max value 3'],
    [0, 'below min value 1'],
  ])('refuses a capacity of %i', async (capacity, message) => {
    await expect(setCapacity(capacity)).rejects.toThrow(
      expect.objectContaining({ name: 'ValidationError', message: expect.stringContaining(message) }),
    );
    expect(await group()).toMatchObject({ DesiredCapacity: 2 });
  });
});

describe('an RDS instance', () => {
  const client = () => new RDSClient(aws.client);
  const instance = async (id: string) => {
    const { DBInstances } = await client().send(new DescribeDBInstancesCommand({ Filters: [{ Name: 'db-instance-id', Values: [id] }] }));
    return DBInstances?.find((each) => each.DBInstanceIdentifier === id);
  };
  const reboot = (id: string, ForceFailover?: boolean) =>
    client().send(new RebootDBInstanceCommand({ DBInstanceIdentifier: id, ...(ForceFailover === undefined ? {} : { ForceFailover }) }));
  const create = async (DBInstanceIdentifier: string, MultiAZ: boolean) => {
    const settings = {
      DBInstanceIdentifier,
      MultiAZ,
      Engine: 'postgres',
      DBInstanceClass: 'db.t4g.micro',
      AllocatedStorage: 20,
      MasterUsername: 'a',
      MasterUserPassword: 'secret-enough',
    };
    await aws.upstream.call('rds', 'CreateDBInstance', settings);
    await vi.waitFor(async () => expect(await instance(DBInstanceIdentifier)).toMatchObject({ DBInstanceStatus: 'available' }), 30_000);
  };

  beforeAll(async () => {
    await create('orders', false);
    await create('ledger', true);
    await aws.upstream.call('sqs', 'CreateQueue', { QueueName: 'rds' });
    await aws.upstream.call('events', 'PutRule', { Name: 'rds', EventPattern: JSON.stringify({ source: ['aws.rds'] }) });
    const Targets = [{ Id: 'queue', Arn: 'arn:aws:sqs:us-east-1:000000000000:rds' }];
    await aws.upstream.call('events', 'PutTargets', { Rule: 'rds', Targets });
  });

  const receivedEventIds = async () => {
    const QueueUrl = `${aws.endpoint}/000000000000/rds`;
    const { Messages } = (await aws.upstream.call('sqs', 'ReceiveMessage', { QueueUrl, MaxNumberOfMessages: 10 })) as {
      Messages?: { Body: string }[];
    };
    return (Messages ?? []).map(({ Body }) => JSON.parse(Body).detail.EventID as string);
  };

  it('is rebooting until its database serves again, and announces it', async () => {
    const { DBInstance } = await reboot('orders');
    expect(DBInstance).toMatchObject({ DBInstanceIdentifier: 'orders', DBInstanceStatus: 'rebooting' });
    await vi.waitFor(() => expect(reboots).toMatchObject([{ id: 'orders', failover: false }]), 30_000);
    expect(await instance('orders')).toMatchObject({ DBInstanceStatus: 'rebooting' });
    await expect(reboot('orders')).rejects.toThrow(expect.objectContaining({ name: 'InvalidDBInstanceStateFault' }));
    reboots[0]?.done.resolve();
    await rds.settled();
    expect(await instance('orders')).toMatchObject({ DBInstanceStatus: 'available' });
    const { Events } = await client().send(new DescribeEventsCommand({ SourceType: 'db-instance', SourceIdentifier: 'orders' }));
    expect(Events?.map((event) => event.Message)).toContain('DB instance restarted.');
    expect((await receivedEventIds()).toSorted()).toEqual(['RDS-EVENT-0004', 'RDS-EVENT-0006']);
  });

  it('refuses a failover without Multi-AZ', async () => {
    await expect(reboot('orders', true)).rejects.toThrow(expect.objectContaining({ name: 'InvalidParameterCombination' }));
  });

  it('serves from the other zone after a failover', async () => {
    const before = await instance('ledger');
    await reboot('ledger', true);
    await vi.waitFor(() => expect(reboots).toHaveLength(2), 30_000);
    reboots[1]?.done.resolve();
    await rds.settled();
    const after = await instance('ledger');
    expect(reboots[1]).toMatchObject({ id: 'ledger', failover: true });
    expect(after?.AvailabilityZone).not.toBe(before?.AvailabilityZone);
  });

  it('is rebooted once when two calls come at once', async () => {
    const answers = await Promise.allSettled([reboot('orders'), reboot('orders')]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    await vi.waitFor(() => expect(reboots).toHaveLength(3), 30_000);
    reboots[2]?.done.resolve();
    await rds.settled();
  });

  it('that nobody knows is not found', async () => {
    await expect(reboot('nobody')).rejects.toThrow(expect.objectContaining({ name: 'DBInstanceNotFoundFault' }));
  });
});
