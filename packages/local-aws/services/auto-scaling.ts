import { randomBytes } from 'node:crypto';
import { AwsError, type Parameters, type Service, type Upstream } from '../gateway/service.ts';
import { GroupMembers, type Machines } from './auto-scaling/group-members.ts';

export type { Machines } from './auto-scaling/group-members.ts';

const NOTE =
  'The capacity of a group is real: machines are launched and ended to match it, and a capacity beyond its bounds is refused; a member that is marked unhealthy is really ended and another one launched. ' +
  'On AWS launches also pass lifecycle hooks, health checks and scaling policies, and the zones are balanced.';

export interface AutoScaling extends Service {
  /** Launches what a freshly deployed group lacks; resolves when its members are in service. */
  fill(group: string, upstream: Upstream): Promise<void>;
  /** Instance ids of the members in service. */
  inService(group: string): readonly string[];
  /** Resolves when no launch and no termination is under way. */
  settled(): Promise<void>;
}

interface Group {
  readonly AutoScalingGroupName: string;
  readonly MinSize: number;
  readonly MaxSize: number;
  readonly DesiredCapacity: number;
}

/**
 * Auto Scaling with real members. MiniStack keeps the group's settings; its members are invented ids that are in service at once
 * (and none at all for a group made by CloudFormation), so they are replaced by those kept here.
 */
export function createAutoScaling(machines: Machines): AutoScaling {
  const members = new GroupMembers(machines, () => `i-${randomBytes(9).toString('hex').slice(1)}`);
  return {
    service: 'autoscaling',
    note: NOTE,
    actions: {
      SetDesiredCapacity: (parameters, upstream) => setDesiredCapacity(parameters, upstream, members),
      UpdateAutoScalingGroup: (parameters, upstream) => updateGroup(parameters, upstream, members),
      DescribeAutoScalingGroups: (parameters, upstream) => describeGroups(parameters, upstream, members),
      DescribeAutoScalingInstances: async (parameters) => ({ AutoScalingInstances: members.describeInstances(parameters.InstanceIds) }),
      SetInstanceHealth: (parameters, upstream) => setInstanceHealth(parameters, upstream, members),
      // No refresh can be started here.
      DescribeInstanceRefreshes: async () => ({ InstanceRefreshes: [] }),
      DescribeScalingActivities: async (parameters) => ({ Activities: members.activities(parameters.AutoScalingGroupName) }),
    },
    fill: async (group, upstream) => {
      const { DesiredCapacity } = await groupNamed(group, upstream);
      await members.resize(group, DesiredCapacity, 'The group was deployed.');
    },
    inService: (group) => members.inService(group),
    settled: () => members.settled(),
  };
}

async function setDesiredCapacity(parameters: Parameters, upstream: Upstream, members: GroupMembers): Promise<Record<string, unknown>> {
  const group = await groupNamed(String(parameters.AutoScalingGroupName), upstream);
  const desired = Number(parameters.DesiredCapacity);
  if (desired > group.MaxSize) throw outOfBounds(desired, `above max value ${group.MaxSize}`);
  if (desired < group.MinSize) throw outOfBounds(desired, `below min value ${group.MinSize}`);
  await upstream.call('autoscaling', 'SetDesiredCapacity', parameters);
  const cause = `A user request set the desired capacity from ${group.DesiredCapacity} to ${desired}.`;
  // AWS answers at once and scales afterwards; a failed launch is seen in the group's activities.
  members.resize(group.AutoScalingGroupName, desired, cause).catch((error) => console.error('Scaling failed:', error));
  return {};
}

/** Bounds and capacity in one change. A minimum above the capacity raises it. */
async function updateGroup(parameters: Parameters, upstream: Upstream, members: GroupMembers): Promise<Record<string, unknown>> {
  const group = await groupNamed(String(parameters.AutoScalingGroupName), upstream);
  const min = Number(parameters.MinSize ?? group.MinSize);
  const max = Number(parameters.MaxSize ?? group.MaxSize);
  const desired = Number(parameters.DesiredCapacity ?? Math.max(group.DesiredCapacity, min));
  if (min > max) throw new AwsError('ValidationError', `Max bound, ${max}, must be greater than or equal to min bound, ${min}`);
  if (desired < min || desired > max)
    throw new AwsError('ValidationError', `Desired capacity:${desired} must be between the specified min size:${min} and max size:${max}`);
  await upstream.call('autoscaling', 'UpdateAutoScalingGroup', { ...parameters, DesiredCapacity: desired });
  const cause = `A user request updated the group, with a desired capacity of ${desired} after ${group.DesiredCapacity}.`;
  members.resize(group.AutoScalingGroupName, desired, cause).catch((error) => console.error('Scaling failed:', error));
  return {};
}

async function setInstanceHealth(parameters: Parameters, upstream: Upstream, members: GroupMembers): Promise<Record<string, unknown>> {
  const instanceId = String(parameters.InstanceId);
  const name = members.groupOf(instanceId);
  if (name === undefined)
    throw new AwsError('ValidationError', `Instance Id not found - No managed instance found for instance ID: ${instanceId}`);
  if (parameters.HealthStatus !== 'Unhealthy') throw new AwsError('ValidationError', 'The local AWS can only make members unhealthy.');
  const { DesiredCapacity } = await groupNamed(name, upstream);
  const cause = 'An instance was taken out of service in response to a user health-check.';
  // AWS answers at once and replaces afterwards.
  members.replace(instanceId, DesiredCapacity, cause).catch((error) => console.error('Replacing failed:', error));
  return {};
}

const outOfBounds = (desired: number, bound: string): AwsError =>
  new AwsError('ValidationError', `New SetDesiredCapacity value ${desired} is ${bound} for the AutoScalingGroup.`);

async function describeGroups(parameters: Parameters, upstream: Upstream, members: GroupMembers): Promise<Record<string, unknown>> {
  const answer = await upstream.call('autoscaling', 'DescribeAutoScalingGroups', parameters);
  const groups = (answer.AutoScalingGroups ?? []) as readonly Group[];
  return { ...answer, AutoScalingGroups: groups.map((group) => ({ ...group, Instances: members.describe(group.AutoScalingGroupName) })) };
}

async function groupNamed(name: string, upstream: Upstream): Promise<Group> {
  const answer = await upstream.call('autoscaling', 'DescribeAutoScalingGroups', { AutoScalingGroupNames: [name] });
  const group = ((answer.AutoScalingGroups ?? []) as readonly Group[])[0];
  if (group === undefined) throw new AwsError('ValidationError', `AutoScalingGroup name not found - AutoScalingGroup ${name} not found`);
  return group;
}
