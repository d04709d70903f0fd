import { DescribeTargetHealthCommand, ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { LoadBalancers } from '../core/ports.ts';
import { reading } from './aws-error.ts';

/** Target groups of load balancers, read only. */
export function loadBalancers(client = new ElasticLoadBalancingV2Client({})): LoadBalancers {
  return {
    async unhealthyInstances(targetGroupArn) {
      const command = new DescribeTargetHealthCommand({ TargetGroupArn: targetGroupArn });
      const answer = await reading('describe the target health', () => client.send(command));
      return (answer.TargetHealthDescriptions ?? [])
        .filter(({ TargetHealth }) => TargetHealth?.State === 'unhealthy')
        .map(({ Target }) => Target?.Id ?? '');
    },
  };
}
