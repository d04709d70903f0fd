import { inWords, iso } from '../core/duration.ts';
import type { Diagnostic } from './diagnostic.ts';
import { isOfInstances, ofInstance } from './instance-target.ts';

/**
 * What EC2 says of an instance.
 *
 * Tells: its state, type, Availability Zone and image, since when it runs, and what its status checks say.
 * Reads: `ec2:DescribeInstances`, `ec2:DescribeInstanceStatus`.
 */
export const diagnostic: Diagnostic = {
  name: 'instance-state',
  appliesTo: isOfInstances,
  permissions: [{ actions: ['ec2:DescribeInstances', 'ec2:DescribeInstanceStatus'], on: 'any' }],
  gather: ofInstance(async (id, { now }, { instances }) => {
    const [[instance], checks] = await Promise.all([instances.describe([id]), instances.statusChecks(id)]);
    if (!instance) return [{ title: 'Instance', lines: ['EC2 does not know it'] }];
    const { state, type, zone, image, launchedAt } = instance;
    const since = launchedAt === undefined ? [] : [`started ${iso(launchedAt)} (${inWords(now - launchedAt)} ago)`];
    const what = [type, zone, image].filter((word) => word !== undefined);
    return [{ title: 'Instance', lines: [[state, ...what].join(', '), ...since, `status checks: ${checks}`] }];
  }),
};
