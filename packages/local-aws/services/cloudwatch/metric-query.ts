import { z } from 'zod';
import { type Dimensions, fromDimensionList } from './dimensions.ts';
import { isInsightsQuery, parseInsightsQuery } from './insights-query.ts';
import { runInsightsQuery, type TagsOf } from './insights-run.ts';
import { evaluateMath, referencedIds } from './metric-math.ts';
import { type MathValue, singleSeries } from './metric-math-value.ts';
import type { MetricReader } from './metric-store.ts';
import { NotEvaluated } from './not-evaluated.ts';
import { isStatistic } from './statistics.ts';
import { statisticPerSlot, type TimeGrid } from './time-grid.ts';

/** `true`, or the text "true" as the query protocol and CloudFormation's custom resources write it. */
export const Flag = z.union([z.boolean(), z.stringbool()]);

/** The API's list of dimensions. */
export const DimensionList = z.array(z.object({ Name: z.string(), Value: z.string() })).default([]);

/** One entry of `Metrics` (PutMetricAlarm) or `MetricDataQueries` (GetMetricData). */
export const MetricQuery = z.object({
  Id: z.string(),
  Expression: z.string().optional(),
  Label: z.string().optional(),
  Period: z.coerce.number().optional(),
  ReturnData: Flag.default(true),
  AccountId: z.string().optional(),
  MetricStat: z
    .object({
      Metric: z.object({ Namespace: z.string(), MetricName: z.string(), Dimensions: DimensionList }),
      Period: z.coerce.number(),
      Stat: z.string(),
      Unit: z.string().optional(),
    })
    .optional(),
});
export type MetricQuery = z.infer<typeof MetricQuery>;

/** Everything a query reads. */
export interface QuerySources {
  readonly metrics: MetricReader;
  readonly tagsOf: TagsOf;
}

/** Period of a set of queries in seconds: the longest that any of them names, 60 where none does. */
export function periodSecondsOf(queries: readonly MetricQuery[]): number {
  const periods = queries.map((query) => query.Period ?? query.MetricStat?.Period).filter((period) => period !== undefined);
  return periods.length > 0 ? Math.max(...periods) : 60;
}

/** The value of one query, following the ids that its expression names. Throws `NotEvaluated` by name. */
export function evaluateQuery(
  id: string,
  queries: readonly MetricQuery[],
  sources: QuerySources,
  grid: TimeGrid,
  path: readonly string[] = [],
): MathValue {
  const query = queries.find((candidate) => candidate.Id === id);
  if (!query) throw new NotEvaluated(`there is no metric with the id ${id}`);
  if (path.includes(id)) throw new NotEvaluated(`metric math refers to itself: ${[...path, id].join(' > ')}`);
  if (query.MetricStat) return evaluateMetricStat(query.MetricStat, sources.metrics, grid);
  const expression = query.Expression ?? '';
  if (isInsightsQuery(expression)) return runInsightsQuery(parseInsightsQuery(expression), sources.metrics, grid, sources.tagsOf);
  const resolve = (other: string): MathValue => evaluateQuery(other, queries, sources, grid, [...path, id]);
  return evaluateMath(expression, {
    slots: grid.slots,
    resolve,
    metrics: (containing) => queries.filter((other) => other.MetricStat && other.Id.includes(containing)).map((other) => resolve(other.Id)),
  });
}

/** Queries that matter for one result, itself included. */
export function queriesBehind(query: MetricQuery, queries: readonly MetricQuery[]): readonly MetricQuery[] {
  if (query.Expression === undefined || isInsightsQuery(query.Expression)) return [query];
  const ids = referencedIds(query.Expression);
  return [
    query,
    ...queries.filter((other) => other.Id !== query.Id && (ids.includes(other.Id) || /\bMETRICS\(/i.test(query.Expression ?? ''))),
  ];
}

function evaluateMetricStat(stat: NonNullable<MetricQuery['MetricStat']>, metrics: MetricReader, grid: TimeGrid): MathValue {
  if (!isStatistic(stat.Stat)) throw new NotEvaluated(`statistic ${stat.Stat} is not supported`);
  const dimensions: Dimensions = fromDimensionList(stat.Metric.Dimensions);
  const series = metrics.exact(stat.Metric.Namespace, stat.Metric.MetricName, dimensions);
  return singleSeries(statisticPerSlot(series?.datapoints ?? [], grid, stat.Stat, stat.Unit));
}
