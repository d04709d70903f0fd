import { Aws, Duration } from 'aws-cdk-lib';
import { type Alarm, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { Fleet } from '../fleet.ts';
import type { LoadBalancerNames } from '../load-balancer-names.ts';
import { proofFrom } from '../proof-of-life.ts';
import type { Watch } from './symptom.ts';

/** Refuses fleets that are not an Auto Scaling group. */
export function refuseUnlessGroup({ members }: Fleet): string | undefined {
  return members.kind === 'auto-scaling-group' ? undefined : 'only an Auto Scaling group can be watched for it';
}

/** Refuses fleets without a load balancer. */
export function refuseUnlessBalanced(fleet: Fleet): string | undefined {
  return (
    refuseUnlessGroup(fleet) ??
    (givenBalancer(fleet) ? undefined : 'the group needs its load balancer: Fleet.ofAutoScalingGroup(group, { loadBalancer, targetGroup })')
  );
}

export function groupName({ members }: Fleet): string {
  if (members.kind !== 'auto-scaling-group') throw new TypeError('not an Auto Scaling group');
  return members.name;
}

/** The dimensions of a load balancer's metrics for the fleet's target group. */
export function balancerDimensions(fleet: Fleet): Record<string, string> {
  const { loadBalancer, targetGroup } = balancerOf(fleet);
  return { LoadBalancer: loadBalancer, TargetGroup: targetGroup };
}

/** CloudWatch's name of a target group is the end of its ARN. */
export function targetGroupArn(fleet: Fleet): string {
  return `arn:${Aws.PARTITION}:elasticloadbalancing:${Aws.REGION}:${Aws.ACCOUNT_ID}:${balancerOf(fleet).targetGroup}`;
}

function balancerOf(fleet: Fleet): LoadBalancerNames {
  const balancer = givenBalancer(fleet);
  if (!balancer) throw new TypeError('the fleet has no load balancer');
  return balancer;
}

function givenBalancer({ members }: Fleet): LoadBalancerNames | undefined {
  return members.kind === 'auto-scaling-group' ? members.loadBalancer : undefined;
}

/**
 * A watch whose target is the group itself, alone in its blast radius: its members are not acted on.
 *
 * @param alive A metric that reports as long as the group does its work, or at least is there.
 */
export function groupWatch(alarm: Alarm, fleet: Fleet, alive: Metric): Watch {
  const target = { kind: 'auto-scaling-group', name: groupName(fleet) } as const;
  return { alarm, targets: { kind: 'fixed', target }, group: { kind: 'single', target }, proof: proofFrom(alive) };
}

/** How long the members take to answer: there is none of a group that answers nothing. */
export function answerTime(fleet: Fleet, statistic: string): Metric {
  return new Metric({
    namespace: 'AWS/ApplicationELB',
    metricName: 'TargetResponseTime',
    dimensionsMap: balancerDimensions(fleet),
    statistic,
    period: Duration.minutes(1),
  });
}
