import type { Service } from '../gateway/service.ts';

/** How one target of the load balancer answers its health checks. */
export interface TargetAnswers {
  readonly instanceId: string;
  /** Health checks in a row without an answer. */
  readonly failures: number;
}

/** A load balancer's usual threshold of failed checks. */
const UNHEALTHY_AFTER = 2;

export function isUnhealthy({ failures }: TargetAnswers): boolean {
  return failures >= UNHEALTHY_AFTER;
}

/** Target health by real requests to the services in the nodes. */
export function createLoadBalancing(targets: () => readonly TargetAnswers[]): Service {
  return {
    service: 'elasticloadbalancing',
    note: 'There is no load balancer: the local AWS requests each member itself, as health checks do, and reports what it got.',
    actions: {
      DescribeTargetHealth: async () => ({
        TargetHealthDescriptions: targets().map((target) => ({
          Target: { Id: target.instanceId, Port: 80 },
          TargetHealth: isUnhealthy(target)
            ? { State: 'unhealthy', Reason: 'Target.Timeout', Description: 'Request timed out' }
            : { State: 'healthy' },
        })),
      }),
    },
  };
}
