import { Alarm, ComparisonOperator, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';

export interface RunsAlarmProps {
  readonly alarmName: string;
  readonly alarmDescription: string;
  /** The errors of the function, counted by its schedule's period. */
  readonly errors: IMetric;
  /** Periods that are looked at. */
  readonly periods: number;
  /** How many of them must have errors. */
  readonly failing: number;
  readonly topic: ITopic;
}

/**
 * Tells people when the runs of a scheduled function fail, and when there are none: Lambda counts errors, be it zero of them, of what ran
 * alone, so that a disabled schedule, a missing permission or a throttled function leaves the alarm without data.
 */
export function runsAlarm(scope: Construct, id: string, { topic, errors, periods, failing, ...named }: RunsAlarmProps): void {
  const alarm = new Alarm(scope, id, {
    ...named,
    metric: errors,
    threshold: 0,
    comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
    evaluationPeriods: periods,
    datapointsToAlarm: failing,
    treatMissingData: TreatMissingData.MISSING,
  });
  alarm.addAlarmAction(new SnsAction(topic));
  alarm.addInsufficientDataAction(new SnsAction(topic));
}
