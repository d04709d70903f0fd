import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import * as z from 'zod';
import type { Fleet } from '../fleet.ts';
import { Remedy } from '../remedy.ts';
import { groupName, groupWatch, refuseUnlessGroup } from './group-watch.ts';
import { percentSchema, type Symptom, type SymptomProps } from './symptom.ts';

export interface GroupCpuProps extends SymptomProps {
  /**
   * Average percent of CPU used over the group above which it lacks capacity. Above 0, below 100. Prevents the slow
   * collapse of a group whose scaling policies are missing or at their end.
   * @default - 80
   */
  readonly above?: number;
}

const DEFAULT_ABOVE = 80;

/**
 * An Auto Scaling group has too little capacity for its load. Needs detailed monitoring: else EC2 reports every five minutes only.
 *
 * Reads: EC2's `CPUUtilization` of the group.
 * Threshold: above 80 % on average, in percent.
 * Needs: an Auto Scaling group with detailed monitoring.
 * Permissions: none.
 * Proved by: `scenarios/group-overloaded`, `infrastructure/symptom-alarms`.
 */
export const groupCpu: Symptom<Fleet, GroupCpuProps> = {
  name: 'group-cpu',
  schema: z.strictObject({ above: percentSchema.optional() }),
  sustainedFor: Duration.minutes(5),
  target: 'auto-scaling-group',
  seen: ({ above = DEFAULT_ABOVE }) => `average CPU of the group above ${above} %`,
  refuses: refuseUnlessGroup,
  ladder: () => [Remedy.addCapacity()],
  watch(fleet, { scope, alarmName, props, minutes }) {
    const metric = new Metric({
      namespace: 'AWS/EC2',
      metricName: 'CPUUtilization',
      dimensionsMap: { AutoScalingGroupName: groupName(fleet) },
      statistic: 'Average',
      period: Duration.minutes(1),
    });
    const alarm = new Alarm(scope, 'Alarm', {
      alarmName: alarmName(),
      metric,
      threshold: props.above ?? DEFAULT_ABOVE,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: minutes,
      treatMissingData: TreatMissingData.MISSING,
    });
    return [groupWatch(alarm, fleet, metric)];
  },
};
