import type { AutoScalingGroup } from './ports.ts';

/**
 * Capacity of an Auto Scaling group in service and healthy by what the group goes by, in the units in which the group itself counts: its instances, or the sum of their weights
 * where its instance types have weights. Comparing a number of instances with a desired capacity of weights would see a group
 * of two instances with weight 8 as fourteen short of its 16 units, for ever.
 */
export function unitsInService({ members }: AutoScalingGroup, except?: string): number {
  return members
    .filter(({ id, lifecycle, healthy }) => id !== except && lifecycle === 'InService' && healthy)
    .reduce((sum, { weight = 1 }) => sum + weight, 0);
}

/** Replacing begins with terminating: while `Terminate` is suspended, AWS says, `ReplaceUnhealthy` is inactive. */
const REPLACE_UNHEALTHY: readonly string[] = ['ReplaceUnhealthy', 'Terminate'];

/**
 * The capacity that the group itself sees in service: an unhealthy member, too, while the group is kept from replacing it, since
 * nothing is on its way in its stead.
 */
export function unitsHeld(group: AutoScalingGroup): number {
  if (!group.suspended.some((process) => REPLACE_UNHEALTHY.includes(process))) return unitsInService(group);
  return unitsInService({ ...group, members: group.members.map((member) => ({ ...member, healthy: true })) });
}

/** The least that one more instance counts for: the smallest weight among the members. */
export function unitsOfOneInstance({ members }: AutoScalingGroup): number {
  const weights = members.map(({ weight = 1 }) => weight);
  return weights.length === 0 ? 1 : Math.min(...weights);
}

/** The word for what the group counts: `units` where any member has a weight other than one. */
export function unitWord(group: AutoScalingGroup): 'instances' | 'units' {
  return isWeighted(group) ? 'units' : 'instances';
}

/** Why the group's capacity cannot be compared with its members; undefined where it can. */
export function whyNotCountable({ countedIn, members }: AutoScalingGroup): string | undefined {
  const unknown = members.find(({ weight }) => !Number.isFinite(weight));
  if (countedIn === undefined || !unknown) return undefined;
  return `the group counts its capacity in ${countedIn}, and how much of it ${unknown.id} counts for is not told`;
}

function isWeighted({ members, countedIn }: AutoScalingGroup): boolean {
  return countedIn !== undefined || members.some(({ weight = 1 }) => weight !== 1);
}
