import { inWords, iso } from '../core/duration.ts';
import type { Diagnostic } from './diagnostic.ts';
import { groupNameOf } from './group-target.ts';

/**
 * The last instance refresh of an Auto Scaling group, since what changed last is often the cause.
 *
 * Tells: when it began, how far it came, and why it failed where it did.
 * Reads: `autoscaling:DescribeInstanceRefreshes`.
 */
export const diagnostic: Diagnostic = {
  name: 'instance-refresh',
  appliesTo: (policy) => groupNameOf(policy) !== undefined,
  permissions: [{ actions: ['autoscaling:DescribeInstanceRefreshes'], on: 'any' }],
  async gather({ policy, now }, { groups }) {
    const group = groupNameOf(policy);
    const refresh = group === undefined ? undefined : await groups.lastRefresh(group);
    if (!refresh) return [];
    const { at, status, percent, why } = refresh;
    const begun = at === undefined ? '' : `, begun ${iso(at)} (${inWords(now - at)} ago)`;
    return [
      { title: `Last instance refresh of ${group}`, lines: [`${status}, ${percent} % done${begun}`, ...(why === undefined ? [] : [why])] },
    ];
  },
};
