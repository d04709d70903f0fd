import { z } from 'zod';
import { fromDimensionList } from './dimensions.ts';
import { Instant } from './input.ts';
import { DimensionList, MetricQuery } from './metric-query.ts';
import type { Datapoint, MetricStore } from './metric-store.ts';

const MetricDatum = z.object({
  MetricName: z.string().min(1),
  Dimensions: DimensionList,
  Timestamp: Instant.optional(),
  Value: z.coerce.number().optional(),
  Values: z.array(z.coerce.number()).optional(),
  Counts: z.array(z.coerce.number()).optional(),
  StatisticValues: z
    .object({ SampleCount: z.coerce.number(), Sum: z.coerce.number(), Minimum: z.coerce.number(), Maximum: z.coerce.number() })
    .optional(),
  Unit: z.string().optional(),
});
type MetricDatum = z.infer<typeof MetricDatum>;

export const PutMetricDataInput = z.object({ Namespace: z.string().min(1), MetricData: z.array(MetricDatum) });

export const GetMetricDataInput = z.object({
  MetricDataQueries: z.array(MetricQuery),
  StartTime: Instant,
  EndTime: Instant,
  ScanBy: z.enum(['TimestampAscending', 'TimestampDescending']).default('TimestampDescending'),
});

export const GetMetricStatisticsInput = z.object({
  Namespace: z.string(),
  MetricName: z.string(),
  Dimensions: DimensionList,
  StartTime: Instant,
  EndTime: Instant,
  Period: z.coerce.number().int().positive(),
  Statistics: z.array(z.string()).default([]),
  ExtendedStatistics: z.array(z.string()).default([]),
  Unit: z.string().optional(),
});

export const ListMetricsInput = z.object({
  Namespace: z.string().optional(),
  MetricName: z.string().optional(),
  Dimensions: z.array(z.object({ Name: z.string(), Value: z.string().optional() })).default([]),
});

/** Stores one entry of PutMetricData; without a time of its own it counts from now. */
export function storeDatum(store: MetricStore, namespace: string, datum: MetricDatum, nowMs: number): void {
  const shared = { atMs: datum.Timestamp ?? nowMs, ...(datum.Unit === undefined ? {} : { unit: datum.Unit }) };
  for (const amounts of amountsOf(datum)) {
    store.put(namespace, datum.MetricName, fromDimensionList(datum.Dimensions), { ...shared, ...amounts });
  }
}

function amountsOf(datum: MetricDatum): Pick<Datapoint, 'sum' | 'count' | 'min' | 'max' | 'values'>[] {
  const { Value, Values, Counts, StatisticValues } = datum;
  if (StatisticValues) {
    const { SampleCount, Sum, Minimum, Maximum } = StatisticValues;
    return [{ sum: Sum, count: SampleCount, min: Minimum, max: Maximum }];
  }
  const values = (Values ?? (Value === undefined ? [] : [Value])).map((value, index): readonly [number, number] => [
    value,
    Counts?.[index] ?? 1,
  ]);
  if (values.length === 0) return [];
  const numbers = values.map(([value]) => value);
  return [
    {
      sum: values.reduce((total, [value, count]) => total + value * count, 0),
      count: values.reduce((total, [, count]) => total + count, 0),
      min: Math.min(...numbers),
      max: Math.max(...numbers),
      values,
    },
  ];
}
