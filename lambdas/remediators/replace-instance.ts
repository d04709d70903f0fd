import * as z from 'zod';
import { unitsInService, unitWord, whyNotCountable } from '../core/group-capacity.ts';
import type { AutoScalingGroup, GroupMember, RemedyPorts } from '../core/ports.ts';
import { instanceId } from './command-remediator.ts';
import { memberNamed } from './group-membership.ts';
import { defineRemediator, type Refusal } from './remediator.ts';

const paramsSchema = z.strictObject({
  /**
   * Percent of the desired capacity, in the units of the group, that must be in service and healthy without the target; one
   * member at the least.
   * Prevents replacing a group to death when many members suffer from one common cause. @default 50
   */
  minHealthyPercent: z.number().min(0).max(100).default(50),
});

interface Observed {
  readonly id: string;
  readonly group?: AutoScalingGroup;
  readonly member?: GroupMember;
  readonly isRefreshing: boolean;
}

interface Plan {
  readonly id: string;
  readonly group: string;
}

/** Names the group, since a terminated instance loses the tag by which it was found. */
interface Receipt {
  readonly group: string;
}

/** Without one of these the group would not replace the member, or only end it. */
const NEEDED_PROCESSES = ['HealthCheck', 'ReplaceUnhealthy', 'Terminate', 'Launch', 'AddToLoadBalancer'];

/**
 * Has an Auto Scaling group replace one of its members.
 *
 * Cures what: a member that a restart does not help: a broken disk, image or host.
 * Does what in AWS: one `autoscaling:SetInstanceHealth` to `Unhealthy`. The group then replaces the member as after a
 * failed health check: with lifecycle hooks, connection draining and its instance maintenance policy, by which it can
 * launch before it ends; the desired capacity is kept. `TerminateInstanceInAutoScalingGroup` ends it regardless of that policy.
 * Can harm what: what is only on the member is lost; the group has one member less while the new one starts.
 * Refuses when: the instance is in no group (next rung); its member is not in service or is protected; another launch,
 * termination or refresh is under way; the group's replacing is suspended; fewer healthy members than
 * `minHealthyPercent` would be left, and always the last one. Healthy is what the group itself goes by.
 * Safe twice: yes, a member that is marked already is marked again; it is replaced once.
 * Proved by: `scenarios/member-replaced`, `contract/remedies-act`.
 */
export const remediator = defineRemediator<'groups' | 'instances', typeof paramsSchema, Observed, Plan, Receipt>({
  name: 'replace-instance',
  targets: ['instance'],
  acts: true,
  cost: 'outage',
  forGood: true,
  params: paramsSchema,
  settle: { minutes: 1 },
  verifyWithin: { minutes: 15 },
  longest: () => ({ minutes: 30 }),
  heldTo: (plan) => plan,
  ports: { groups: true, instances: true },
  permissions: {
    observe: [
      {
        actions: ['ec2:DescribeInstances', 'autoscaling:DescribeAutoScalingGroups', 'autoscaling:DescribeInstanceRefreshes'],
        on: 'any',
      },
    ],
    execute: [{ actions: ['autoscaling:SetInstanceHealth'], on: 'targets' }],
  },
  async observe(target, _params, ports, receipt) {
    const id = instanceId(target);
    return receipt ? observeAfter(id, receipt.group, ports) : observeBefore(id, ports);
  },
  plan(observed, { minHealthyPercent }) {
    const { id, group, member } = observed;
    if (!group || !member) return { refusal: 'not-applicable', why: 'the instance is in no Auto Scaling group' };
    return refusalOf(observed, group, member) ?? tooFew(id, group, minHealthyPercent) ?? { id, group: group.name };
  },
  summary: ({ group }) => `have Auto Scaling group ${group} replace the instance`,
  async execute({ plan: { id, group } }, { groups }) {
    await groups.markUnhealthy(id);
    return { group };
  },
  assess({ id }, { group, member }) {
    if (!group) return { kind: 'failed', hopeless: true, why: 'the Auto Scaling group does not exist any more' };
    const ready = unitsInService(group, id);
    const isGone = member?.lifecycle !== 'InService';
    const counted = `${ready} of ${group.desired} ${unitWord(group)} are in service`;
    if (isGone && ready >= group.desired) return { kind: 'done', detail: counted, targetReplaced: true };
    return { kind: 'running', why: isGone ? counted : 'the group has not taken the instance out of service yet' };
  },
});

async function observeBefore(id: string, { instances, groups }: Pick<RemedyPorts, 'instances' | 'groups'>): Promise<Observed> {
  const [instance] = await instances.describe([id]);
  const membership = instance ? await memberNamed(instance, groups) : {};
  return { id, ...membership, isRefreshing: membership.group ? await groups.isRefreshing(membership.group.name) : false };
}

async function observeAfter(id: string, name: string, { groups }: Pick<RemedyPorts, 'groups'>): Promise<Observed> {
  const group = await groups.describe(name);
  const member = group?.members.find((candidate) => candidate.id === id);
  return { id, isRefreshing: false, ...(group && { group }), ...(member && { member }) };
}

function refusalOf({ isRefreshing }: Observed, group: AutoScalingGroup, member: GroupMember): Refusal | undefined {
  const suspended = NEEDED_PROCESSES.filter((needed) => group.suspended.includes(needed));
  const changing = group.members.find(({ lifecycle }) => !/^(InService|Standby)$/.test(lifecycle));
  if (member.lifecycle !== 'InService') return unsafe(`its Auto Scaling group has it in ${member.lifecycle}`);
  if (member.protectedFromScaleIn) return unsafe('it is protected from scale-in');
  if (suspended.length > 0) return unsafe(`in the group ${suspended.join(', ')} is suspended`);
  if (isRefreshing) return unsafe('an instance refresh of the group is under way');
  if (changing) return unsafe(`another member, ${changing.id}, is ${changing.lifecycle}`);
  const uncountable = whyNotCountable(group);
  return uncountable === undefined ? undefined : unsafe(uncountable);
}

function tooFew(id: string, group: AutoScalingGroup, minHealthyPercent: number): Refusal | undefined {
  const left = unitsInService(group, id);
  const needed = Math.max(1, Math.ceil((group.desired * minHealthyPercent) / 100));
  if (left >= needed) return undefined;
  return unsafe(`${left} healthy ${unitWord(group) === 'units' ? 'units' : 'members'} would be left in service; ${needed} are needed`);
}

function unsafe(why: string): Refusal {
  return { refusal: 'unsafe-to-act', why };
}
