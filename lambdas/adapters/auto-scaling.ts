import {
  AutoScalingClient,
  DescribeAutoScalingGroupsCommand,
  DescribeInstanceRefreshesCommand,
  DescribeScalingActivitiesCommand,
  type InstanceRefresh,
  type InstanceRefreshStatus,
  SetDesiredCapacityCommand,
  SetInstanceHealthCommand,
  UpdateAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling';
import type { AutoScalingGroups } from '../core/ports.ts';
import { acting, actingClient, reading } from './aws-call.ts';

/** A refresh in one of these has ended and replaces nothing any more. */
const REFRESH_OVER: readonly InstanceRefreshStatus[] = ['Successful', 'Failed', 'Cancelled', 'RollbackSuccessful', 'RollbackFailed'];

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
        ...(group.DesiredCapacityType && group.DesiredCapacityType !== 'units' && { countedIn: group.DesiredCapacityType }),
        members: (group.Instances ?? []).map(
          ({
            InstanceId = '',
            LifecycleState = '',
            HealthStatus = '',
            AvailabilityZone,
            ProtectedFromScaleIn = false,
            WeightedCapacity,
          }) => ({
            id: InstanceId,
            lifecycle: LifecycleState,
            healthy: HealthStatus.toLowerCase() === 'healthy',
            protectedFromScaleIn: ProtectedFromScaleIn,
            ...(AvailabilityZone && { zone: AvailabilityZone }),
            ...(WeightedCapacity !== undefined && { weight: Number(WeightedCapacity) }),
          }),
        ),
        suspended: (group.SuspendedProcesses ?? []).map(({ ProcessName = '' }) => ProcessName),
        tags: Object.fromEntries((group.Tags ?? []).map(({ Key = '', Value = '' }) => [Key, Value])),
      };
    },
    async setDesiredCapacity(name, capacity) {
      const command = new SetDesiredCapacityCommand({ AutoScalingGroupName: name, DesiredCapacity: capacity, HonorCooldown: false });
      await acting('set the desired capacity', () => actor.send(command));
    },
    async setMinimum(name, minimum, capacity) {
      const command = new UpdateAutoScalingGroupCommand({
        AutoScalingGroupName: name,
        MinSize: minimum,
        ...(capacity !== undefined && { DesiredCapacity: capacity }),
      });
      await acting('set the minimum', () => actor.send(command));
    },
    async isRefreshing(name) {
      const { Status } = (await newestRefresh(client, name)) ?? {};
      return Status !== undefined && !REFRESH_OVER.includes(Status);
    },
    async lastRefresh(name) {
      const refresh = await newestRefresh(client, name);
      if (!refresh) return undefined;
      return {
        status: refresh.Status ?? 'unknown',
        percent: refresh.PercentageComplete ?? 0,
        ...(refresh.StartTime && { at: refresh.StartTime.getTime() }),
        ...(refresh.StatusReason && { why: refresh.StatusReason }),
      };
    },
    async activities(name, most) {
      // The newest come first.
      const command = new DescribeScalingActivitiesCommand({ AutoScalingGroupName: name, MaxRecords: most });
      const answer = await reading('describe scaling activities', () => client.send(command));
      return (answer.Activities ?? [])
        .slice(0, most)
        .map(({ StartTime, StatusCode = 'unknown', Description = '', StatusMessage, Cause }) => {
          const why = StatusMessage || Cause;
          return { at: StartTime?.getTime() ?? 0, status: StatusCode, what: Description, ...(why && { why }) };
        });
    },
    async markUnhealthy(instanceId) {
      const command = new SetInstanceHealthCommand({
        InstanceId: instanceId,
        HealthStatus: 'Unhealthy',
        // Within the grace period of a young member Auto Scaling would otherwise ignore the call without a word.
        ShouldRespectGracePeriod: false,
      });
      await acting('mark the member unhealthy', () => actor.send(command));
    },
  };
}

/** The newest come first, and only one can be under way. */
async function newestRefresh(client: AutoScalingClient, name: string): Promise<InstanceRefresh | undefined> {
  const command = new DescribeInstanceRefreshesCommand({ AutoScalingGroupName: name, MaxRecords: 1 });
  const answer = await reading('describe instance refreshes', () => client.send(command));
  return answer.InstanceRefreshes?.[0];
}
