import { Duration } from 'aws-cdk-lib';
import { Alarm, AnomalyDetectionAlarm, ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import * as z from 'zod';
import type { Fleet } from '../fleet.ts';
import { Remedy } from '../remedy.ts';
import { answerTime, groupWatch, refuseUnlessBalanced } from './group-watch.ts';
import type { Symptom, SymptomProps } from './symptom.ts';

interface AnswerShare extends SymptomProps {
  /**
   * Share of the requests that must be faster, as CloudWatch writes it.
   * @default - p99
   */
  readonly percentile?: 'p50' | 'p90' | 'p95' | 'p99';
}

/** A response is too slow beyond a number of seconds, or beyond what is usual at that hour. */
export type ResponseTimeProps = AnswerShare &
  (
    | {
        /**
         * Seconds that the slowest requests may take. Above 0, up to 300. Prevents a service that is up, and unusable.
         * @default - 2
         */
        readonly aboveSeconds?: number;
        readonly anomaly?: never;
      }
    | {
        /**
         * In place of seconds: what CloudWatch expects at that hour and weekday, and how many standard deviations above it are
         * too slow. Above 0, up to 10; 2 is usual. For services whose times have a daily course; CloudWatch learns it for up to
         * two weeks, and such an alarm costs as much as three.
         */
        readonly anomaly: { readonly deviations: number };
        readonly aboveSeconds?: never;
      }
  );

const DEFAULT_ABOVE_SECONDS = 2;

const schema = z
  .strictObject({
    aboveSeconds: z.number().gt(0, 'must be above 0 seconds').max(300, 'must be at most 300 seconds').optional(),
    anomaly: z
      .strictObject({ deviations: z.number().gt(0, 'must be above 0 deviations').max(10, 'must be at most 10 deviations') })
      .optional(),
    percentile: z.enum(['p50', 'p90', 'p95', 'p99']).optional(),
  })
  .refine(({ aboveSeconds, anomaly }) => aboveSeconds === undefined || anomaly === undefined, 'takes aboveSeconds or anomaly, not both');

/**
 * The load balancer sees slow answers from the group.
 *
 * Reads: the load balancer's `TargetResponseTime`.
 * Threshold: p99 above 2 s, in seconds; or above the usual (`anomaly: { deviations: 2 }`), in standard deviations.
 * Needs: an Auto Scaling group behind an Application Load Balancer.
 * Permissions: none.
 * Proved by: `infrastructure/response-time`.
 */
export const responseTime: Symptom<Fleet, ResponseTimeProps> = {
  name: 'response-time',
  schema,
  sustainedFor: Duration.minutes(5),
  target: 'auto-scaling-group',
  seen: ({ aboveSeconds = DEFAULT_ABOVE_SECONDS, percentile = 'p99', anomaly }) =>
    anomaly
      ? `${percentile} response time more than ${anomaly.deviations} standard deviations above the usual`
      : `${percentile} response time above ${aboveSeconds} s`,
  refuses: refuseUnlessBalanced,
  ladder: () => [Remedy.waitAndSee(), Remedy.addCapacity()],
  watch(fleet, { scope, alarmName, props, minutes }) {
    const metric = answerTime(fleet, props.percentile ?? 'p99');
    const common = {
      alarmName: alarmName(),
      metric,
      evaluationPeriods: minutes,
      // Without requests the metric is absent, and nobody waits for an answer.
      treatMissingData: TreatMissingData.NOT_BREACHING,
    };
    const alarm = props.anomaly
      ? new AnomalyDetectionAlarm(scope, 'Alarm', {
          ...common,
          stdDevs: props.anomaly.deviations,
          comparisonOperator: ComparisonOperator.GREATER_THAN_UPPER_THRESHOLD,
        })
      : new Alarm(scope, 'Alarm', {
          ...common,
          threshold: props.aboveSeconds ?? DEFAULT_ABOVE_SECONDS,
          comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
        });
    return [groupWatch(alarm, fleet, metric)];
  },
};
