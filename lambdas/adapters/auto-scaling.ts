import { AutoScalingClient, DescribeAutoScalingGroupsCommand, SetDesiredCapacityCommand } from '@aws-sdk/client-auto-scaling';
import type { AutoScalingGroups } from '../core/ports.ts';
import { acting, actingClient, reading } from './aws-error.ts';

/** Auto Scaling groups. */
export function autoScalingGroups(client = new AutoScalingClient({}), actor = new AutoScalingClient(actingClient)): AutoScalingGroups {
  return {
    async describe(name) {
      const command = new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [name] });
      const answer = await reading('describe the Auto Scaling group', () => client.send(command));
      const group = answer.AutoScalingGroups?.[0];
      if (!group) return undefined;
      return {
        name,
        min: group.MinSize ?? 0,
        max: group.MaxSize ?? 0,
        desired: group.DesiredCapacity ?? 0,
        members: (group.Instances ?? []).map(({ InstanceId = '', LifecycleState = '', HealthStatus = '' }) => ({
          id: InstanceId,
          lifecycle: LifecycleState,
          healthy: HealthStatus.toLowerCase() === 'healthy',
        })),
        tags: Object.fromEntries((group.Tags ?? []).map(({ Key = '', Value = '' }) => [Key, Value])),
      };
    },
    async setDesiredCapacity(name, capacity) {
      const command = new SetDesiredCapacityCommand({ AutoScalingGroupName: name, DesiredCapacity: capacity, HonorCooldown: false });
      await acting('set the desired capacity', () => actor.send(command));
    },
  };
}
