import type { HealthByInstance } from '../target-health.ts';

export interface LoadBalancers {
  /** What the load balancer finds of every instance that is registered in the target group. */
  targetHealth(targetGroupArn: string): Promise<HealthByInstance>;
}
