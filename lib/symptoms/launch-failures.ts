import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, MathExpression, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import * as z from 'zod';
import type { Fleet } from '../fleet.ts';
import { Remedy } from '../remedy.ts';
import { groupName, groupWatch, refuseUnlessGroup } from './group-watch.ts';
import type { Symptom, SymptomProps } from './symptom.ts';

/**
 * An Auto Scaling group stays below its desired capacity, because launches fail or new members never come into service:
 * no capacity in the zone, a quota, a broken image or launch template. No remedy of ours cures that, so that a person is
 * told who reads the group's activity history. While an instance refresh is under way, or a deployment that the policy names, which may lack
 * members for as long as it lasts, that waits for up to `waitAtMost`. Needs the group's metrics turned on, which are free of charge; not for
 * groups with weighted instances, whose desired capacity counts no instances.
 *
 * Reads: `GroupDesiredCapacity` - `GroupInServiceInstances`.
 * Threshold: fewer members in service than desired, in instances.
 * Needs: an Auto Scaling group with its group metrics turned on, without weights.
 * Permissions: none.
 * Proved by: `infrastructure/launch-failures`.
 */
export const launchFailures: Symptom<Fleet, SymptomProps> = {
  name: 'launch-failures',
  schema: z.strictObject({}),
  // Longer than an ordinary replacement with its start-up and health checks.
  sustainedFor: Duration.minutes(15),
  target: 'auto-scaling-group',
  seen: () => 'fewer members in service than desired',
  refuses: refuseUnlessGroup,
  ladder: () => [Remedy.waitAndSee()],
  watch(fleet, { scope, alarmName, minutes }) {
    const ofGroup = (metricName: string) =>
      new Metric({
        namespace: 'AWS/AutoScaling',
        metricName,
        dimensionsMap: { AutoScalingGroupName: groupName(fleet) },
        statistic: 'Average',
        period: Duration.minutes(1),
      });
    const serving = ofGroup('GroupInServiceInstances');
    const alarm = new Alarm(scope, 'Alarm', {
      alarmName: alarmName(),
      metric: new MathExpression({
        expression: 'desired - serving',
        usingMetrics: { desired: ofGroup('GroupDesiredCapacity'), serving },
        period: Duration.minutes(1),
        label: 'missing members',
      }),
      threshold: 0,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: minutes,
      treatMissingData: TreatMissingData.MISSING,
    });
    return [groupWatch(alarm, fleet, serving)];
  },
};
