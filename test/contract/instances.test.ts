import { CreateTagsCommand, EC2Client, RunInstancesCommand, StopInstancesCommand } from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { instances } from '../../lambdas/adapters/ec2.ts';
import type { Instances } from '../../lambdas/core/ports.ts';
import { openSharedAws, type SharedAws } from '../support/shared-aws.ts';

const TAG = { Key: 'SelfHeal', Value: 'contract' };

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
  it('are described with state and tags', async () => {
    expect(await port.describe([running])).toEqual([{ id: running, state: 'running', tags: { SelfHeal: 'contract' } }]);
    expect(await port.describe([untagged])).toEqual([{ id: untagged, state: 'running', tags: {} }]);
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
    const played = {
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
    const door = await openSharedAws([played]);
    try {
      expect(await instances(new EC2Client(door.client)).statusChecks(running)).toBe(together);
    } finally {
      await door.close();
    }
  });

  it('are rebooted by one call, and one that does not exist is gone', async () => {
    await port.reboot(running);
    expect(aws.acts().filter((act) => act === 'RebootInstances')).toHaveLength(1);
    await expect(port.reboot('i-00000000')).rejects.toMatchObject({ name: 'TargetGone' });
  });
});
