import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { Database } from '../database.ts';
import type { SymptomProps, Watch, WatchScope } from './symptom.ts';

/** A metric of an RDS instance, and the bound on its wrong side. */
type DatabaseMetric = { readonly name: string } & ({ readonly above: number } | { readonly below: number });

/** Watches one metric of an RDS instance. */
export function watchDatabase(
  database: Database,
  { scope, alarmName, minutes }: WatchScope<SymptomProps>,
  metric: DatabaseMetric,
): readonly Watch[] {
  const alarm = new Alarm(scope, 'Alarm', {
    alarmName: alarmName(),
    metric: new Metric({
      namespace: 'AWS/RDS',
      metricName: metric.name,
      dimensionsMap: { DBInstanceIdentifier: database.id },
      statistic: 'Average',
      period: Duration.minutes(1),
    }),
    ...('above' in metric
      ? { threshold: metric.above, comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD }
      : { threshold: metric.below, comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD }),
    evaluationPeriods: minutes,
    treatMissingData: TreatMissingData.MISSING,
  });
  return [{ alarm, targets: { kind: 'fixed', target: database.toTarget() } }];
}
