import { groupKey, type Policy } from '../../../lambdas/core/policy.ts';
import type { GroupAtAct } from '../history-of-story.ts';
import { groupedOnce } from './grouped-once.ts';

/** The policies of a group, by its key. */
export const policiesIn = groupedOnce(({ group }: Policy) => groupKey(group));

const counted = new WeakMap<GroupAtAct, ReadonlyMap<string | undefined, number>>();

/** Members of a group in each of its zones. Acts share a group that did not change between them, and it may have ten thousand members. */
export function zoneSizes(group: GroupAtAct): ReadonlyMap<string | undefined, number> {
  const known = counted.get(group) ?? countZones(group);
  counted.set(group, known);
  return known;
}

function countZones({ zoneOf }: GroupAtAct): ReadonlyMap<string | undefined, number> {
  const sizes = new Map<string | undefined, number>();
  for (const zone of zoneOf.values()) sizes.set(zone, (sizes.get(zone) ?? 0) + 1);
  return sizes;
}
