import type { Diagnostic } from './diagnostic.ts';
import { ofInstance } from './instance-target.ts';

/**
 * Why a load balancer finds an instance ill.
 *
 * Tells: of each port of the instance its health, and the load balancer's reason in its own words.
 * Reads: `elasticloadbalancing:DescribeTargetHealth`.
 */
export const diagnostic: Diagnostic = {
  name: 'target-health',
  appliesTo: ({ targets }) => targets.kind === 'unhealthy-targets',
  permissions: [{ actions: ['elasticloadbalancing:DescribeTargetHealth'], on: 'any' }],
  gather: ofInstance(async (id, { policy: { targets } }, { loadBalancers }) => {
    if (targets.kind !== 'unhealthy-targets') return [];
    const found = await loadBalancers.findings(targets.targetGroupArn, id);
    const lines = found.map(({ port, state, reason, description }) =>
      [`${port === undefined ? '' : `port ${port}: `}${state}`, reason, description].filter((word) => word !== undefined).join(', '),
    );
    return [{ title: 'Load balancer', lines: lines.length > 0 ? lines : ['it is not registered in the target group'] }];
  }),
};
