import { type Dimensions, dimensionKey } from './dimensions.ts';
import type { InsightsFunction, InsightsQuery } from './insights-query.ts';
import type { MathValue, ValueSeries } from './metric-math-value.ts';
import type { Datapoint, MetricReader, StoredSeries } from './metric-store.ts';
import { aggregate } from './statistics.ts';
import { statisticPerSlot, type TimeGrid } from './time-grid.ts';

/** Tags of the resource that some dimensions name, e.g. those of the instance in `InstanceId`. */
export type TagsOf = (dimensions: Dimensions) => Readonly<Record<string, string>>;

const STATISTIC: Readonly<Record<InsightsFunction, string>> = {
  AVG: 'Average',
  SUM: 'Sum',
  MIN: 'Minimum',
  MAX: 'Maximum',
  COUNT: 'SampleCount',
};

/** Runs a query over the metrics. With GROUP BY the result is an array with one series per group that reported within the grid. */
export function runInsightsQuery(query: InsightsQuery, metrics: MetricReader, grid: TimeGrid, tagsOf: TagsOf): MathValue {
  const groups = new Map<string, { attributes: Dimensions; datapoints: Datapoint[] }>();
  for (const series of metrics.all(query.namespace, query.metricName)) {
    if (!isSelected(query, series, tagsOf)) continue;
    const attributes = attributesOf(query.groupBy, series.dimensions, tagsOf);
    if (!attributes) continue;
    const key = dimensionKey(attributes);
    const group = groups.get(key) ?? { attributes, datapoints: [] };
    groups.set(key, group);
    for (const datapoint of series.datapoints) group.datapoints.push(datapoint);
  }
  const series = [...groups.values()]
    .map(({ attributes, datapoints }) => ({
      attributes,
      label: Object.values(attributes).join(' ') || query.metricName,
      values: statisticPerSlot(datapoints, grid, STATISTIC[query.aggregation]),
    }))
    .filter(({ values }) => values.some((value) => value !== undefined));
  return { kind: 'series', array: query.groupBy.length > 0, series: ordered(query, series) };
}

function isSelected(query: InsightsQuery, series: StoredSeries, tagsOf: TagsOf): boolean {
  const names = Object.keys(series.dimensions);
  if (query.schema && (names.length !== query.schema.length || !query.schema.every((name) => names.includes(name)))) return false;
  return query.where.every(({ key, equal, value }) => {
    const actual = lookUp(key, series.dimensions, tagsOf);
    return actual !== undefined && (actual === value) === equal;
  });
}

function attributesOf(groupBy: readonly string[], dimensions: Dimensions, tagsOf: TagsOf): Dimensions | undefined {
  const attributes: Record<string, string> = {};
  for (const key of groupBy) {
    const value = lookUp(key, dimensions, tagsOf);
    if (value === undefined) return undefined;
    attributes[key] = value;
  }
  return attributes;
}

function lookUp(key: string, dimensions: Dimensions, tagsOf: TagsOf): string | undefined {
  return key.startsWith('tag.') ? tagsOf(dimensions)[key.slice('tag.'.length)] : dimensions[key];
}

function ordered(query: InsightsQuery, series: ValueSeries[]): readonly ValueSeries[] {
  const { orderBy, limit } = query;
  if (!orderBy) return series.slice(0, limit);
  const rank = ({ values }: ValueSeries): number => {
    const points = values
      .filter((value) => value !== undefined)
      .map((value) => ({ atMs: 0, sum: value, count: 1, min: value, max: value }));
    return aggregate(points, STATISTIC[orderBy.aggregation]) ?? 0;
  };
  const direction = orderBy.descending ? -1 : 1;
  return series.toSorted((left, right) => direction * (rank(left) - rank(right))).slice(0, limit);
}
