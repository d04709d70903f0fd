import type { HealthByInstance } from '../target-health.ts';

/** What a load balancer finds of one port of an instance. */
export interface TargetFinding {
  readonly port?: number;
  /** Its own words. */
  readonly state: string;
  readonly reason?: string;
  readonly description?: string;
}

export interface LoadBalancers {
  /** What the load balancer finds of every instance that is registered in the target group. */
  targetHealth(targetGroupArn: string): Promise<HealthByInstance>;
  /** What it finds of one instance, by port, with its reasons. */
  findings(targetGroupArn: string, instanceId: string): Promise<readonly TargetFinding[]>;
}
