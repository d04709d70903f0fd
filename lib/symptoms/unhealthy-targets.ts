import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import * as z from 'zod';
import type { Fleet } from '../fleet.ts';
import { Remedy } from '../remedy.ts';
import { balancerDimensions, refuseUnlessBalanced, targetGroupArn } from './group-watch.ts';
import type { Symptom, SymptomProps } from './symptom.ts';

export interface UnhealthyTargetsProps extends SymptomProps {
  /**
   * The service that is restarted on an unhealthy target by the default ladder.
   * @default - the protection's `service`
   */
  readonly service?: string;
}

/**
 * The load balancer finds members of the group unhealthy; it also says which, and those become the targets.
 *
 * Reads: the load balancer's `UnHealthyHostCount`, then the health of each target.
 * Threshold: any unhealthy target.
 * Needs: an Auto Scaling group behind an Application Load Balancer.
 * Permissions: `elasticloadbalancing:DescribeTargetHealth`.
 * Proved by: `scenarios/service-hung`, `infrastructure/symptom-alarms`.
 */
export const unhealthyTargets: Symptom<Fleet, UnhealthyTargetsProps> = {
  name: 'unhealthy-targets',
  schema: z.strictObject({ service: z.string().min(1).optional() }),
  sustainedFor: Duration.minutes(2),
  target: 'instance',
  seen: () => 'unhealthy for the load balancer',
  refuses: (fleet, { service, ladder }) =>
    refuseUnlessBalanced(fleet) ??
    (service === undefined && ladder === undefined ? 'name the service to restart, or give a ladder' : undefined),
  ladder: (_fleet, { service = '' }) => [Remedy.waitAndSee(), Remedy.restartService(service)],
  watch(fleet, { scope, alarmName, minutes }) {
    const alarm = new Alarm(scope, 'Alarm', {
      alarmName: alarmName(),
      metric: new Metric({
        namespace: 'AWS/ApplicationELB',
        metricName: 'UnHealthyHostCount',
        dimensionsMap: balancerDimensions(fleet),
        statistic: 'Maximum',
        period: Duration.minutes(1),
      }),
      threshold: 0,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: minutes,
      treatMissingData: TreatMissingData.MISSING,
    });
    return [{ alarm, targets: { kind: 'unhealthy-targets', targetGroupArn: targetGroupArn(fleet) } }];
  },
};
