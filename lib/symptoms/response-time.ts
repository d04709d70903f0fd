import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import * as z from 'zod';
import type { Fleet } from '../fleet.ts';
import { Remedy } from '../remedy.ts';
import { balancerDimensions, groupWatch, refuseUnlessBalanced } from './group-watch.ts';
import type { Symptom, SymptomProps } from './symptom.ts';

export interface ResponseTimeProps extends SymptomProps {
  /**
   * Seconds that the slowest requests may take. Above 0, up to 300. Prevents a service that is up, and unusable.
   * @default - 2
   */
  readonly aboveSeconds?: number;
  /**
   * Share of the requests that must be faster, as CloudWatch writes it.
   * @default - p99
   */
  readonly percentile?: 'p50' | 'p90' | 'p95' | 'p99';
}

const DEFAULT_ABOVE_SECONDS = 2;

/** The load balancer sees slow answers from the group. */
export const responseTime: Symptom<Fleet, ResponseTimeProps> = {
  name: 'response-time',
  schema: z.strictObject({
    aboveSeconds: z.number().gt(0, 'must be above 0 seconds').max(300, 'must be at most 300 seconds').optional(),
    percentile: z.enum(['p50', 'p90', 'p95', 'p99']).optional(),
  }),
  sustainedFor: Duration.minutes(5),
  target: 'auto-scaling-group',
  seen: ({ aboveSeconds = DEFAULT_ABOVE_SECONDS, percentile = 'p99' }) => `${percentile} response time above ${aboveSeconds} s`,
  refuses: refuseUnlessBalanced,
  ladder: () => [Remedy.waitAndSee(), Remedy.addCapacity()],
  watch(fleet, { scope, alarmName, props, minutes }) {
    const alarm = new Alarm(scope, 'Alarm', {
      alarmName: alarmName(),
      metric: new Metric({
        namespace: 'AWS/ApplicationELB',
        metricName: 'TargetResponseTime',
        dimensionsMap: balancerDimensions(fleet),
        statistic: props.percentile ?? 'p99',
        period: Duration.minutes(1),
      }),
      threshold: props.aboveSeconds ?? DEFAULT_ABOVE_SECONDS,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: minutes,
      // Without requests the metric is absent, and nobody waits for an answer.
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    return [groupWatch(alarm, fleet)];
  },
};
