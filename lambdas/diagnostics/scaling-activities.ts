import { iso } from '../core/duration.ts';
import type { Diagnostic } from './diagnostic.ts';
import { groupNameOf } from './group-target.ts';

/** Activities that are told; the newest come first. */
const MOST_TOLD = 5;

/**
 * What an Auto Scaling group did last.
 *
 * Tells: its last five launches and terminations, how each ended, and why it began or failed.
 * Reads: `autoscaling:DescribeScalingActivities`.
 */
export const diagnostic: Diagnostic = {
  name: 'scaling-activities',
  appliesTo: (policy) => groupNameOf(policy) !== undefined,
  permissions: [{ actions: ['autoscaling:DescribeScalingActivities'], on: 'any' }],
  async gather({ policy }, { groups }) {
    const group = groupNameOf(policy);
    if (group === undefined) return [];
    const activities = await groups.activities(group, MOST_TOLD);
    const lines = activities.map(({ at, status, what, why }) => `${iso(at)} ${status}: ${what}${why === undefined ? '' : ` (${why})`}`);
    return [{ title: `Last activities of Auto Scaling group ${group}`, lines: lines.length > 0 ? lines : ['none in six weeks'] }];
  },
};
