import { Alarm, ComparisonOperator, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';

export interface SilenceAlarmProps {
  readonly alarmName: string;
  readonly alarmDescription: string;
  /** What is reported, counted: at least 1 in every period that has a report. */
  readonly report: IMetric;
  /** Periods without a report before it is told. */
  readonly periods: number;
}

/**
 * An alarm for what falls silent: it is OK while there are reports and INSUFFICIENT_DATA when there are none, and that is the change
 * that it must tell. An alarm that took missing data for bad data would go off when it is made, before the first report can be there.
 */
export function silenceAlarm(scope: Construct, id: string, { alarmName, alarmDescription, report, periods }: SilenceAlarmProps): Alarm {
  return new Alarm(scope, id, {
    alarmName,
    alarmDescription,
    metric: report,
    threshold: 1,
    comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
    evaluationPeriods: periods,
    treatMissingData: TreatMissingData.MISSING,
  });
}
