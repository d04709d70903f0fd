import { z } from 'zod';
import { DimensionList, Flag, MetricQuery } from './metric-query.ts';

export type AlarmStateValue = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

const arns = z.array(z.string()).default([]);

const metricComparisons = [
  'GreaterThanThreshold',
  'GreaterThanOrEqualToThreshold',
  'LessThanThreshold',
  'LessThanOrEqualToThreshold',
] as const;
const bandComparisons = ['GreaterThanUpperThreshold', 'LessThanLowerThreshold', 'LessThanLowerOrGreaterThanUpperThreshold'] as const;
export type MetricComparison = (typeof metricComparisons)[number];

/** What both kinds of alarm have. */
const shared = {
  AlarmName: z.string().min(1),
  AlarmDescription: z.string().optional(),
  ActionsEnabled: Flag.default(true),
  OKActions: arns,
  AlarmActions: arns,
  InsufficientDataActions: arns,
};

/** PutMetricAlarm, or the properties of `AWS::CloudWatch::Alarm`: the same names. Numbers may arrive as text. */
export const MetricAlarmInput = z
  .object({
    ...shared,
    MetricName: z.string().optional(),
    Namespace: z.string().optional(),
    Statistic: z.string().optional(),
    ExtendedStatistic: z.string().optional(),
    Dimensions: DimensionList,
    Period: z.coerce.number().int().positive().optional(),
    Unit: z.string().optional(),
    EvaluationPeriods: z.coerce.number().int().positive(),
    DatapointsToAlarm: z.coerce.number().int().positive().optional(),
    Threshold: z.coerce.number().optional(),
    ComparisonOperator: z.enum([...metricComparisons, ...bandComparisons]),
    TreatMissingData: z.enum(['missing', 'ignore', 'breaching', 'notBreaching']).optional(),
    EvaluateLowSampleCountPercentile: z.string().optional(),
    Metrics: z.array(MetricQuery).optional(),
    ThresholdMetricId: z.string().optional(),
  })
  .refine(
    (alarm) => (alarm.MetricName === undefined) !== (alarm.Metrics === undefined),
    'exactly one of MetricName and Metrics is required',
  )
  .refine((alarm) => (alarm.DatapointsToAlarm ?? 1) <= alarm.EvaluationPeriods, 'DatapointsToAlarm must not exceed EvaluationPeriods');
export type MetricAlarmInput = z.infer<typeof MetricAlarmInput>;

/** PutCompositeAlarm, or the properties of `AWS::CloudWatch::CompositeAlarm`. */
export const CompositeAlarmInput = z.object({
  ...shared,
  AlarmRule: z.string().min(1),
  ActionsSuppressor: z.string().optional(),
  ActionsSuppressorWaitPeriod: z.coerce.number().optional(),
  ActionsSuppressorExtensionPeriod: z.coerce.number().optional(),
});
export type CompositeAlarmInput = z.infer<typeof CompositeAlarmInput>;

/** Whether a comparison is against a plain threshold; the others compare with an anomaly band. */
export function isMetricComparison(comparison: string): comparison is MetricComparison {
  return metricComparisons.some((known) => known === comparison);
}

/** The alarm's metrics in one form: an alarm on a single metric is one query with a statistic, as its events show it. */
export function metricQueriesOf(alarm: MetricAlarmInput, singleMetricId = 'm1'): readonly MetricQuery[] {
  if (alarm.Metrics) return alarm.Metrics;
  return [
    {
      Id: singleMetricId,
      ReturnData: true,
      MetricStat: {
        Metric: { Namespace: alarm.Namespace ?? '', MetricName: alarm.MetricName ?? '', Dimensions: alarm.Dimensions },
        Period: alarm.Period ?? 60,
        Stat: alarm.Statistic ?? alarm.ExtendedStatistic ?? 'Average',
        ...(alarm.Unit === undefined ? {} : { Unit: alarm.Unit }),
      },
    },
  ];
}
