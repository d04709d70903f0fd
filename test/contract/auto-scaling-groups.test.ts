import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { createAutoScaling } from '@self-healing/local-aws/services/auto-scaling.ts';
import { openSharedAws, type SharedAws } from '@self-healing/local-aws/testing/shared-aws.ts';
import { NOW } from '@self-healing/simulation/builders.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { autoScalingGroups } from '../../lambdas/adapters/auto-scaling.ts';
import type { AutoScalingGroups } from '../../lambdas/core/ports.ts';

const NAME = 'contract-groups';

/** The machine that is launched next serves when this is resolved. */
let served = Promise.resolve();
const scaling = createAutoScaling({ launch: () => served, terminate: async () => {} });

let aws: SharedAws;
let port: AutoScalingGroups;

beforeAll(async () => {
  aws = await openSharedAws([scaling]);
  port = autoScalingGroups(new AutoScalingClient(aws.client), new AutoScalingClient(aws.actor));
  await aws.upstream.call('autoscaling', 'CreateAutoScalingGroup', {
    AutoScalingGroupName: NAME,
    MinSize: 1,
    MaxSize: 3,
    DesiredCapacity: 1,
    AvailabilityZones: ['us-east-1a'],
    Tags: [{ Key: 'team', Value: 'shop', ResourceId: NAME, ResourceType: 'auto-scaling-group', PropagateAtLaunch: false }],
  });
  await scaling.fill(NAME, aws.upstream);
});
afterAll(() => aws.close());

describe('an Auto Scaling group', () => {
  it('is described with its bounds, members and tags', async () => {
    const members = [
      { id: scaling.inService(NAME)[0], lifecycle: 'InService', healthy: true, protectedFromScaleIn: false, zone: 'us-east-1a' },
    ];
    expect(await port.describe(NAME)).toEqual({ name: NAME, min: 1, max: 3, desired: 1, members, suspended: [], tags: { team: 'shop' } });
  });

  it('that does not exist is undefined', async () => {
    expect(await port.describe('contract-nobody')).toBeUndefined();
  });

  it('has its new capacity at once, and the member when it serves', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    served = promise;
    await port.setDesiredCapacity(NAME, 2);
    const growing = await port.describe(NAME);
    expect(growing?.desired).toBe(2);
    expect(growing?.members.map(({ lifecycle }) => lifecycle)).toEqual(['InService', 'Pending']);
    resolve();
    await scaling.settled();
    expect((await port.describe(NAME))?.members.map(({ lifecycle }) => lifecycle)).toEqual(['InService', 'InService']);
  });

  it('refuses a capacity outside of its bounds, which is a defect of who asks', async () => {
    await expect(port.setDesiredCapacity(NAME, 4)).rejects.toMatchObject({ name: 'Defect', message: expect.stringContaining('max') });
    expect((await port.describe(NAME))?.desired).toBe(2);
  });

  it('has its minimum and its capacity changed together', async () => {
    await port.setMinimum(NAME, 3, 3);
    await scaling.settled();
    expect(await port.describe(NAME)).toMatchObject({ min: 3, desired: 3 });
    expect(scaling.inService(NAME)).toHaveLength(3);
    await port.setMinimum(NAME, 1, 2);
    await scaling.settled();
    expect(await port.describe(NAME)).toMatchObject({ min: 1, desired: 2 });
    expect(scaling.inService(NAME)).toHaveLength(2);
  });

  it('keeps its capacity when only the minimum is changed, unless that is above it', async () => {
    await port.setMinimum(NAME, 2);
    expect(await port.describe(NAME)).toMatchObject({ min: 2, desired: 2 });
    await port.setMinimum(NAME, 3);
    await scaling.settled();
    expect(await port.describe(NAME)).toMatchObject({ min: 3, desired: 3 });
    await port.setMinimum(NAME, 1, 2);
    await scaling.settled();
  });

  it('refuses a minimum above its maximum', async () => {
    await expect(port.setMinimum(NAME, 4)).rejects.toMatchObject({ name: 'Defect' });
    expect(await port.describe(NAME)).toMatchObject({ min: 1, desired: 2 });
  });

  it('replaces a member that is marked unhealthy, at the same capacity', async () => {
    const [old = '', other = ''] = scaling.inService(NAME);
    const { promise, resolve } = Promise.withResolvers<void>();
    served = promise;
    await port.markUnhealthy(old);
    await expect.poll(async () => (await port.describe(NAME))?.members.map(({ lifecycle }) => lifecycle)).toContain('Pending');
    resolve();
    await scaling.settled();
    const members = (await port.describe(NAME))?.members ?? [];
    expect(members.map(({ lifecycle, healthy }) => [lifecycle, healthy])).toEqual([
      ['InService', true],
      ['InService', true],
    ]);
    expect(members.map(({ id }) => id)).toContain(other);
    expect(members.map(({ id }) => id)).not.toContain(old);
  });

  it('tells its last activities, the newest first, and why each began', async () => {
    const [newest, ...others] = await port.activities(NAME, 3);
    expect(others).toHaveLength(2);
    expect(newest).toEqual({
      at: expect.any(Number),
      status: 'Successful',
      what: expect.stringMatching(/^(Launching a new|Terminating) EC2 instance: i-/),
      why: expect.stringContaining('health-check'),
    });
    expect(newest?.at).toBeGreaterThanOrEqual(others[1]?.at ?? Number.NaN);
    expect(await port.activities('contract-nobody', 3)).toEqual([]);
  });

  it('tells its last instance refresh, if there is one', async () => {
    expect(await port.lastRefresh(NAME)).toBeUndefined();
    const refresh = { Status: 'Failed', PercentageComplete: 40, StartTime: new Date(NOW), StatusReason: 'Instances failed to launch' };
    const gateway = await openSharedAws([
      {
        service: 'autoscaling',
        note: 'one refresh',
        actions: { DescribeInstanceRefreshes: async () => ({ InstanceRefreshes: [refresh] }) },
      },
    ]);
    try {
      expect(await autoScalingGroups(new AutoScalingClient(gateway.client)).lastRefresh(NAME)).toEqual({
        ...{ status: 'Failed', percent: 40, at: NOW, why: 'Instances failed to launch' },
      });
    } finally {
      await gateway.close();
    }
  });

  it('has no instance refresh under way unless somebody started one', async () => {
    expect(await port.isRefreshing(NAME)).toBe(false);
  });

  it.each([
    ['InProgress', true],
    ['Pending', true],
    ['Cancelling', true],
    ['RollbackInProgress', true],
    ['Baking', true],
    ['Successful', false],
    ['Failed', false],
    ['Cancelled', false],
    ['RollbackSuccessful', false],
  ])('whose refresh is %s is refreshing: %s', async (Status, refreshing) => {
    const simulated = {
      service: 'autoscaling',
      note: 'a refresh as the test says',
      actions: { DescribeInstanceRefreshes: async () => ({ InstanceRefreshes: [{ InstanceRefreshId: 'r', Status }] }) },
    };
    const gateway = await openSharedAws([simulated]);
    try {
      expect(await autoScalingGroups(new AutoScalingClient(gateway.client)).isRefreshing(NAME)).toBe(refreshing);
    } finally {
      await gateway.close();
    }
  });

  it('does not know an instance that is no member of it', async () => {
    await expect(port.markUnhealthy('i-00000000000000000')).rejects.toMatchObject({ name: 'Defect' });
  });
});
