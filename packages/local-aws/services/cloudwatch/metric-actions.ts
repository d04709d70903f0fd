import { type ActionHandler, AwsError } from '../../gateway/service.ts';
import { fromDimensionList } from './dimensions.ts';
import { parseInput } from './input.ts';
import type { TagsOf } from './insights-run.ts';
import { GetMetricDataInput, GetMetricStatisticsInput, ListMetricsInput, PutMetricDataInput, storeDatum } from './metric-input.ts';
import { seriesOf, type ValueSeries } from './metric-math-value.ts';
import { evaluateQuery, type MetricQuery, periodSecondsOf, queriesBehind } from './metric-query.ts';
import type { MetricStore } from './metric-store.ts';
import { NotEvaluated } from './not-evaluated.ts';
import { readGrid } from './read-window.ts';
import { isStatistic } from './statistics.ts';
import { slotStartMs, statisticPerSlot, type TimeGrid } from './time-grid.ts';

/** What reading and writing metrics depends on besides the store. */
export interface MetricReading {
  readonly scale: number;
  clock(): number;
  tagsOf(): TagsOf;
}

/** CloudWatch's calls about metrics, answered from the store. */
export function metricActions(store: MetricStore, { scale, clock, tagsOf }: MetricReading): Record<string, ActionHandler> {
  return {
    async PutMetricData(parameters) {
      const { Namespace, MetricData } = parseInput(PutMetricDataInput, parameters);
      for (const datum of MetricData) storeDatum(store, Namespace, datum, clock());
      return {};
    },

    async GetMetricData(parameters) {
      const { MetricDataQueries, StartTime, EndTime, ScanBy } = parseInput(GetMetricDataInput, parameters);
      const returned = MetricDataQueries.filter((query) => query.ReturnData);
      const read = (query: MetricQuery): Record<string, unknown>[] => {
        const grid = readGrid(StartTime, EndTime, periodSecondsOf(queriesBehind(query, MetricDataQueries)), scale);
        const value = evaluateQuery(query.Id, MetricDataQueries, { metrics: store, tagsOf: tagsOf() }, grid);
        return seriesOf(value, grid.slots).map((series) => resultOf(query, series, grid, ScanBy === 'TimestampAscending'));
      };
      return { MetricDataResults: refusingUnsupported(() => returned.flatMap(read)), Messages: [] };
    },

    async GetMetricStatistics(parameters) {
      const input = parseInput(GetMetricStatisticsInput, parameters);
      const unknown = [...input.Statistics, ...input.ExtendedStatistics].find((statistic) => !isStatistic(statistic));
      if (unknown !== undefined) throw new AwsError('InvalidParameterValue', `The statistic ${unknown} is not supported here`);
      const grid = readGrid(input.StartTime, input.EndTime, input.Period, scale);
      const datapoints = store.exact(input.Namespace, input.MetricName, fromDimensionList(input.Dimensions))?.datapoints ?? [];
      const column = (statistic: string) => statisticPerSlot(datapoints, grid, statistic, input.Unit);
      const counts = column('SampleCount');
      const plain = input.Statistics.map((statistic) => [statistic, column(statistic)] as const);
      const extended = input.ExtendedStatistics.map((statistic) => [statistic, column(statistic)] as const);
      const rows = counts.flatMap((count, slot) => {
        if (count === undefined) return [];
        const statistics = Object.fromEntries(plain.map(([name, values]) => [name, values[slot]]));
        const percentiles =
          extended.length > 0 ? { ExtendedStatistics: Object.fromEntries(extended.map(([name, values]) => [name, values[slot]])) } : {};
        return [{ Timestamp: new Date(slotStartMs(grid, slot)), Unit: input.Unit ?? 'None', ...statistics, ...percentiles }];
      });
      return { Label: input.MetricName, Datapoints: rows };
    },

    async ListMetrics(parameters) {
      const input = parseInput(ListMetricsInput, parameters);
      const found = store
        .list()
        .filter(
          (series) =>
            (input.Namespace ?? series.namespace) === series.namespace &&
            (input.MetricName ?? series.name) === series.name &&
            input.Dimensions.every(
              ({ Name, Value }) => Name in series.dimensions && (Value ?? series.dimensions[Name]) === series.dimensions[Name],
            ),
        );
      return {
        Metrics: found.map(({ namespace, name, dimensions }) => ({
          Namespace: namespace,
          MetricName: name,
          Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
        })),
      };
    },
  };
}

function resultOf(query: MetricQuery, series: ValueSeries, grid: TimeGrid, ascending: boolean): Record<string, unknown> {
  const points = series.values.flatMap((value, slot) => (value === undefined ? [] : [{ at: new Date(slotStartMs(grid, slot)), value }]));
  if (!ascending) points.reverse();
  return {
    Id: query.Id,
    Label: series.label ?? query.Label ?? query.MetricStat?.Metric.MetricName ?? query.Id,
    Timestamps: points.map(({ at }) => at),
    Values: points.map(({ value }) => value),
    StatusCode: 'Complete',
  };
}

function refusingUnsupported<Result>(read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    if (error instanceof NotEvaluated) throw new AwsError('ValidationError', error.message);
    throw error;
  }
}
