import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, MathExpression, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import * as z from 'zod';
import type { Fleet } from '../fleet.ts';
import { Remedy } from '../remedy.ts';
import { answerTime, balancerDimensions, groupWatch, refuseUnlessBalanced } from './group-watch.ts';
import { percentSchema, type Symptom, type SymptomProps } from './symptom.ts';

export interface ErrorShareProps extends SymptomProps {
  /**
   * Percent of the requests that may be answered with a status of 500 or above. Above 0, below 100.
   * Prevents a service that answers quickly, and wrongly.
   * @default - 5
   */
  readonly above?: number;
  /**
   * Minutes with fewer requests are not judged, since one error of two requests is no share. At least 1.
   * @default - 20
   */
  readonly minimumRequests?: number;
}

const DEFAULT_ABOVE = 5;
const DEFAULT_MINIMUM_REQUESTS = 20;

/**
 * The load balancer sees the group answer with server errors.
 *
 * Reads: `HTTPCode_Target_5XX_Count` of `RequestCount`.
 * Threshold: above 5 % of at least 20 requests a minute, in percent.
 * Needs: an Auto Scaling group behind an Application Load Balancer.
 * Permissions: none.
 * Proved by: `infrastructure/symptom-alarms`.
 */
export const errorShare: Symptom<Fleet, ErrorShareProps> = {
  name: 'error-share',
  schema: z.strictObject({ above: percentSchema.optional(), minimumRequests: z.int().min(1, 'must be at least 1 request').optional() }),
  sustainedFor: Duration.minutes(3),
  target: 'auto-scaling-group',
  seen: ({ above = DEFAULT_ABOVE }) => `more than ${above} % of the requests answered with server errors`,
  refuses: refuseUnlessBalanced,
  ladder: () => [Remedy.waitAndSee()],
  watch(fleet, { scope, alarmName, props, minutes }) {
    const sum = (metricName: string) =>
      new Metric({
        namespace: 'AWS/ApplicationELB',
        metricName,
        dimensionsMap: balancerDimensions(fleet),
        statistic: 'Sum',
        period: Duration.minutes(1),
      });
    const alarm = new Alarm(scope, 'Alarm', {
      alarmName: alarmName(),
      metric: new MathExpression({
        // The error count is absent, not zero, in a minute without errors.
        expression: `IF(requests >= ${props.minimumRequests ?? DEFAULT_MINIMUM_REQUESTS}, 100 * FILL(errors, 0) / requests, 0)`,
        usingMetrics: { errors: sum('HTTPCode_Target_5XX_Count'), requests: sum('RequestCount') },
        period: Duration.minutes(1),
        label: 'server errors, percent of requests',
      }),
      threshold: props.above ?? DEFAULT_ABOVE,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: minutes,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    // A group whose members all died makes no server errors either.
    return [groupWatch(alarm, fleet, answerTime(fleet, 'Average'))];
  },
};
