import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, MathExpression, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { Database } from '../database.ts';
import { proofFrom } from '../proof-of-life.ts';
import type { SymptomProps, Watch, WatchScope } from './symptom.ts';

/** A metric of a database, and the bound on its wrong side. */
type DatabaseMetric = {
  readonly name: string;
  /** Whether it is one of the cluster as a whole, and not of its writer. @default - of the writer */
  readonly ofWholeCluster?: boolean;
  /** What is judged in place of the metric, which the expression calls `measured`. @default - the metric as it is */
  readonly judged?: { readonly expression: string; readonly label: string };
} & ({ readonly above: number } | { readonly below: number });

/** Watches one metric of an RDS instance, or of an Aurora cluster. */
export function watchDatabase(
  database: Database,
  { scope, alarmName, minutes }: WatchScope<SymptomProps>,
  metric: DatabaseMetric,
): readonly Watch[] {
  const measured = new Metric({
    namespace: 'AWS/RDS',
    metricName: metric.name,
    dimensionsMap: dimensionsOf(database, metric),
    statistic: 'Average',
    period: Duration.minutes(1),
  });
  const alarm = new Alarm(scope, 'Alarm', {
    alarmName: alarmName(),
    metric: metric.judged ? new MathExpression({ ...metric.judged, usingMetrics: { measured }, period: measured.period }) : measured,
    ...('above' in metric
      ? { threshold: metric.above, comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD }
      : { threshold: metric.below, comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD }),
    evaluationPeriods: minutes,
    treatMissingData: TreatMissingData.MISSING,
  });
  return [{ alarm, targets: { kind: 'fixed', target: database.toTarget() }, proof: proofFrom(measured) }];
}

/**
 * Why RDS has no metric of its own for the database. For Multi-AZ DB clusters it names its instances only, and an alarm
 * on dimensions that nothing reports under would stay silent for ever.
 */
export function refuseWithoutMetrics({ cluster }: Database): string | undefined {
  if (cluster !== 'multi-az') return undefined;
  return 'RDS measures the instances of a Multi-AZ DB cluster, not the cluster: use heal with an alarm of your own on them and Target.databaseCluster(id)';
}

/** CloudWatch keeps the metrics of an Aurora cluster by role, so that the alarm follows the writer through a failover. */
export function dimensionsOf(
  { id, cluster }: Database,
  { ofWholeCluster = false }: Pick<DatabaseMetric, 'ofWholeCluster'> = {},
): Record<string, string> {
  if (!cluster) return { DBInstanceIdentifier: id };
  return { DBClusterIdentifier: id, ...(!ofWholeCluster && { Role: 'WRITER' }) };
}
