import {
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
  type TargetHealthDescription,
  type TargetHealthStateEnum,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { LoadBalancers } from '../core/ports.ts';
import { type TargetHealth, worstHealth } from '../core/target-health.ts';
import { reading } from './aws-call.ts';

const words: Readonly<Record<TargetHealthStateEnum, TargetHealth>> = {
  healthy: 'healthy',
  unhealthy: 'unhealthy',
  // Its connections drain because it was found unhealthy.
  'unhealthy.draining': 'unhealthy',
  initial: 'initial',
  draining: 'draining',
  unused: 'unused',
  unavailable: 'unavailable',
};

/** Target groups of load balancers, read only. */
export function loadBalancers(client = new ElasticLoadBalancingV2Client({})): LoadBalancers {
  async function described(targetGroupArn: string): Promise<readonly TargetHealthDescription[]> {
    // Named targets would need their ports, too.
    const command = new DescribeTargetHealthCommand({ TargetGroupArn: targetGroupArn });
    const answer = await reading('describe the target health', () => client.send(command));
    return answer.TargetHealthDescriptions ?? [];
  }
  return {
    async findings(targetGroupArn, instanceId) {
      const own = (await described(targetGroupArn)).filter(({ Target }) => Target?.Id === instanceId);
      return own.map(({ Target, TargetHealth: { State = 'unknown', Reason, Description } = {} }) => ({
        state: State,
        ...(Target?.Port !== undefined && { port: Target.Port }),
        ...(Reason && { reason: Reason }),
        ...(Description && { description: Description }),
      }));
    },
    async targetHealth(targetGroupArn) {
      const health = new Map<string, TargetHealth>();
      for (const { Target, TargetHealth: found } of await described(targetGroupArn)) {
        const id = Target?.Id ?? '';
        health.set(id, worstHealth(health.get(id), (found?.State && words[found.State]) ?? 'unavailable'));
      }
      return health;
    },
  };
}
