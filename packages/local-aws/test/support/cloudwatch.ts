import { MetricAlarmInput } from '../../services/cloudwatch/alarm-definition.ts';
import type { MetricStore } from '../../services/cloudwatch/metric-store.ts';

/** The end of a scaled minute, so that slots in tests begin where one expects them. */
export const NOON_MS = Date.parse('2026-11-02T12:00:00.000Z');

/** Thirty times faster than AWS: a minute lasts this long. */
export const SCALED_MINUTE_MS = 2_000;

/** A PutMetricAlarm as AWS would take it: average CPU of one instance above 50 in one period of a minute. */
export function anAlarm(overrides: Record<string, unknown> = {}): MetricAlarmInput {
  return MetricAlarmInput.parse({
    AlarmName: 'cpu',
    MetricName: 'CPUUtilization',
    Namespace: 'AWS/EC2',
    Statistic: 'Average',
    Dimensions: [{ Name: 'InstanceId', Value: 'i-1' }],
    Period: 60,
    EvaluationPeriods: 1,
    Threshold: 50,
    ComparisonOperator: 'GreaterThanThreshold',
    ...overrides,
  });
}

/** An alarm on expressions instead of a single metric. */
export function anExpressionAlarm(metrics: readonly unknown[], overrides: Record<string, unknown> = {}): MetricAlarmInput {
  const single = { MetricName: undefined, Namespace: undefined, Statistic: undefined, Dimensions: undefined, Period: undefined };
  return anAlarm({ ...single, Metrics: metrics, ...overrides });
}

/** Puts one value per past minute, the last of them in the minute that ended at `nowMs`; `undefined` leaves a gap. */
export function report(
  store: MetricStore,
  metric: { readonly namespace?: string; readonly name: string; readonly dimensions?: Record<string, string> },
  values: readonly (number | undefined)[],
  nowMs = NOON_MS,
): void {
  for (const [index, value] of values.entries()) {
    if (value === undefined) continue;
    const atMs = nowMs - (values.length - index) * SCALED_MINUTE_MS + SCALED_MINUTE_MS / 2;
    const datapoint = { atMs, sum: value, count: 1, min: value, max: value, values: [[value, 1]] as const };
    store.put(metric.namespace ?? 'AWS/EC2', metric.name, metric.dimensions ?? {}, datapoint);
  }
}
