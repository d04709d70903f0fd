import type { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { describe, expect, it } from 'vitest';
import { autoScalingGroups } from '../../../lambdas/adapters/auto-scaling.ts';

const member = { InstanceId: 'i-0000000a', LifecycleState: 'InService', HealthStatus: 'Healthy' };

const describeGroup = (given: object) => {
  const AutoScalingGroups = [{ MinSize: 4, MaxSize: 40, DesiredCapacity: 16, ...given }];
  return autoScalingGroups({ send: async () => ({ AutoScalingGroups }) } as unknown as AutoScalingClient).describe('mix');
};

describe('describing an Auto Scaling group', () => {
  it('reads the weight of a member, which AWS writes as text', async () => {
    const group = await describeGroup({ Instances: [{ ...member, WeightedCapacity: '8' }, member] });
    expect(group?.members.map(({ weight }) => weight)).toEqual([8, undefined]);
  });

  it('tells what it counts in only where that is neither instances nor weights', async () => {
    expect(await describeGroup({ DesiredCapacityType: 'vcpu' })).toMatchObject({ countedIn: 'vcpu' });
    expect(await describeGroup({ DesiredCapacityType: 'units' })).not.toHaveProperty('countedIn');
  });
});
