import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { Database } from '../database.ts';
import type { SymptomProps, Watch, WatchScope } from './symptom.ts';

/** Watches one metric of an RDS instance for values above a threshold. */
export function watchDatabase(
  database: Database,
  { scope, alarmName, minutes }: WatchScope<SymptomProps>,
  metricName: string,
  threshold: number,
): readonly Watch[] {
  const alarm = new Alarm(scope, 'Alarm', {
    alarmName: alarmName(),
    metric: new Metric({
      namespace: 'AWS/RDS',
      metricName,
      dimensionsMap: { DBInstanceIdentifier: database.id },
      statistic: 'Average',
      period: Duration.minutes(1),
    }),
    threshold,
    comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
    evaluationPeriods: minutes,
    treatMissingData: TreatMissingData.MISSING,
  });
  return [{ alarm, targets: { kind: 'fixed', target: database.toTarget() } }];
}
