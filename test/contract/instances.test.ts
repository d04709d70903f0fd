import { CreateTagsCommand, EC2Client, RunInstancesCommand, StopInstancesCommand } from '@aws-sdk/client-ec2';
import { openSharedAws, type SharedAws } from '@self-healing/local-aws/testing/shared-aws.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { instances } from '../../lambdas/adapters/ec2/instances.ts';
import type { Instances } from '../../lambdas/core/ports.ts';

const TAG = { Key: 'SelfHeal', Value: 'contract' };

const address = (IpOwnerId: string) => ({ PublicIpAddress: '192.0.2.7', NetworkInterfaces: [{ Association: { IpOwnerId } }] });

let aws: SharedAws;
let port: Instances;
let running = '';
let stopped = '';
let untagged = '';

beforeAll(async () => {
  aws = await openSharedAws();
  const client = new EC2Client(aws.client);
  port = instances(client, new EC2Client(aws.actor));
  const { Instances = [] } = await client.send(new RunInstancesCommand({ ImageId: 'ami-1', MinCount: 3, MaxCount: 3 }));
  [running = '', stopped = '', untagged = ''] = Instances.map(({ InstanceId = '' }) => InstanceId);
  await client.send(new CreateTagsCommand({ Resources: [running, stopped], Tags: [TAG] }));
  await client.send(new StopInstancesCommand({ InstanceIds: [stopped] }));
});
afterAll(() => aws.close());

describe('instances', () => {
  it('are described with state, tags, zone, type, image and launch', async () => {
    const more = { zone: 'us-east-1a', type: 't2.micro', image: 'ami-1', launchedAt: expect.any(Number) };
    expect(await port.describe([running])).toEqual([{ id: running, state: 'running', tags: { SelfHeal: 'contract' }, ...more }]);
    expect(await port.describe([untagged])).toEqual([{ id: untagged, state: 'running', tags: {}, ...more }]);
    await expect.poll(async () => (await port.describe([stopped]))[0]?.state).toMatch(/^stopp(ing|ed)$/);
  });

  it('that do not exist are left out, without an error', async () => {
    expect(await port.describe(['i-00000000'])).toEqual([]);
    expect((await port.describe([running, 'i-00000000'])).map(({ id }) => id)).toEqual([running]);
  });

  it('are found by tag and value while they are up', async () => {
    expect((await port.tagged('SelfHeal', 'contract')).map(({ id }) => id)).toEqual([running]);
    expect(await port.tagged('SelfHeal', 'contr')).toEqual([]);
    expect(await port.tagged('Other', 'contract')).toEqual([]);
  });

  it('pass their status checks while they run, and have none when they do not', async () => {
    expect(await port.statusChecks(running)).toBe('ok');
    await expect.poll(() => port.statusChecks(stopped)).toBe('unknown');
  });

  it.each([
    ['impaired', 'ok', 'impaired', 'impaired'],
    ['ok', 'ok', 'impaired', 'impaired'],
    ['initializing', 'ok', 'not-applicable', 'initializing'],
    ['ok', 'ok', 'not-applicable', 'ok'],
    ['insufficient-data', 'ok', 'ok', 'unknown'],
  ])('whose checks are %s, %s and %s are %s', async (instance, system, volumes, together) => {
    const status = (Status: string) => ({ Status });
    const simulated = {
      service: 'ec2',
      note: 'checks as the test says',
      actions: {
        DescribeInstanceStatus: async () => ({
          InstanceStatuses: [
            {
              InstanceId: running,
              InstanceStatus: status(instance),
              SystemStatus: status(system),
              AttachedEbsStatus: status(volumes),
            },
          ],
        }),
      },
    };
    const gateway = await openSharedAws([simulated]);
    try {
      expect(await instances(new EC2Client(gateway.client)).statusChecks(running)).toBe(together);
    } finally {
      await gateway.close();
    }
  });

  it('are told by what their host keeps for them', async () => {
    expect(await port.hosting(running)).toMatchObject({ instanceStore: false, dedicatedHost: false, keys: [] });
    expect(await port.hosting(running)).not.toHaveProperty('lifecycle');
    expect((await port.hosting(running))?.launchedAt).toMatch(/^20.*Z$/);
    expect(await port.hosting('i-00000000')).toBeUndefined();
  });

  it.each([
    ['of a type that EC2 does not describe', { InstanceType: 'x9.nano' }, { instanceStore: true }],
    ['of a type that is not shown', {}, { instanceStore: true }],
    ['with its root in the instance store', { InstanceType: 't3.small', RootDeviceType: 'instance-store' }, { instanceStore: true }],
    ['with disks of the host', { InstanceType: 'm5d.large' }, { instanceStore: true }],
    ['with disks of EBS only', { InstanceType: 'm5.large' }, { instanceStore: false }],
    ['on the spot market', { InstanceLifecycle: 'spot' }, { lifecycle: 'spot' }],
    ['in a capacity block', { InstanceLifecycle: 'capacity-block' }, { lifecycle: 'capacity-block' }],
    ['on a Dedicated Host', { Placement: { Tenancy: 'host' } }, { dedicatedHost: true }],
    ["with an address of Amazon's", address('amazon'), { publicAddress: 'changes' }],
    ['with an Elastic IP', address('111122223333'), { publicAddress: 'kept' }],
    ['with private addresses only', {}, { publicAddress: 'none' }],
    [
      'with two volumes under one key',
      { BlockDeviceMappings: [{ Ebs: { VolumeId: 'vol-1' } }, { Ebs: { VolumeId: 'vol-2' } }] },
      { keys: ['arn:key'] },
    ],
  ])('%s say so of their host', async (_, shown, hosting) => {
    const simulated = {
      service: 'ec2',
      note: 'an instance as the test says',
      actions: {
        DescribeInstances: async () => ({ Reservations: [{ Instances: [{ InstanceId: running, ...shown }] }] }),
        DescribeInstanceTypes: async ({ InstanceTypes: [type] = [] }: { InstanceTypes?: string[] }) => ({
          InstanceTypes: type === 'x9.nano' ? [] : [{ InstanceType: type, InstanceStorageSupported: type === 'm5d.large' }],
        }),
        DescribeVolumes: async () => ({
          Volumes: ['vol-1', 'vol-2', 'vol-3'].map((VolumeId) => ({ VolumeId, KmsKeyId: VolumeId === 'vol-3' ? 'arn:other' : 'arn:key' })),
        }),
      },
    };
    const gateway = await openSharedAws([simulated]);
    try {
      expect(await instances(new EC2Client(gateway.client)).hosting(running)).toMatchObject(hosting);
    } finally {
      await gateway.close();
    }
  });

  it('are rebooted by one call, and one that does not exist is gone', async () => {
    await port.reboot(running);
    expect(aws.acts().filter((act) => act === 'RebootInstances')).toHaveLength(1);
    await expect(port.reboot('i-00000000')).rejects.toMatchObject({ name: 'TargetGone' });
  });
});
