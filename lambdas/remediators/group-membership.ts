import type { AutoScalingGroup, AutoScalingGroups, GroupMember, Instance } from '../core/ports.ts';
import { GROUP_TAG } from '../core/selection.ts';

/** The Auto Scaling group of an instance and its place in it; empty for an instance that is in none. */
export async function memberNamed(
  { id, tags }: Instance,
  groups: Pick<AutoScalingGroups, 'describe'>,
): Promise<{ readonly group?: AutoScalingGroup; readonly member?: GroupMember }> {
  const name = tags[GROUP_TAG];
  const group = name === undefined ? undefined : await groups.describe(name);
  if (!group) return {};
  const member = group.members.find((candidate) => candidate.id === id);
  return { group, ...(member && { member }) };
}
