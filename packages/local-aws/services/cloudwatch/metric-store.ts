import { type Dimensions, seriesKey } from './dimensions.ts';

/** One PutMetricData entry: a value, a histogram of values, or a statistic set whose single values are unknown. */
export interface Datapoint {
  readonly atMs: number;
  readonly sum: number;
  readonly count: number;
  readonly min: number;
  readonly max: number;
  /** Pairs of value and count. Absent for statistic sets, which therefore have no percentiles, as on AWS. */
  readonly values?: readonly (readonly [value: number, count: number])[];
  readonly unit?: string;
}

/** All datapoints of one metric with one exact set of dimensions. */
export interface StoredSeries {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Dimensions;
  readonly datapoints: readonly Datapoint[];
}

/** What an evaluation may read of the metrics. */
export interface MetricReader {
  /** The series with exactly these dimensions; a superset or subset is another metric, as on AWS. */
  exact(namespace: string, name: string, dimensions: Dimensions): StoredSeries | undefined;
  /** Every series of a metric, whatever its dimensions. */
  all(namespace: string, name: string): readonly StoredSeries[];
}

/** Bounds the memory of one series: 5,000 datapoints are hours of probing at the local AWS's pace of one every second or two. */
const MAX_DATAPOINTS_PER_SERIES = 5_000;

/** Metrics in memory, by namespace, name and full dimension set. */
export class MetricStore implements MetricReader {
  readonly #series = new Map<string, { namespace: string; name: string; dimensions: Dimensions; datapoints: Datapoint[] }>();

  put(namespace: string, name: string, dimensions: Dimensions, datapoint: Datapoint): void {
    const key = seriesKey(namespace, name, dimensions);
    const series = this.#series.get(key) ?? { namespace, name, dimensions, datapoints: [] };
    this.#series.set(key, series);
    series.datapoints.push(datapoint);
    if (series.datapoints.length > MAX_DATAPOINTS_PER_SERIES) series.datapoints.shift();
  }

  exact(namespace: string, name: string, dimensions: Dimensions): StoredSeries | undefined {
    return this.#series.get(seriesKey(namespace, name, dimensions));
  }

  all(namespace: string, name: string): readonly StoredSeries[] {
    return this.list().filter((series) => series.namespace === namespace && series.name === name);
  }

  list(): readonly StoredSeries[] {
    return [...this.#series.values()];
  }
}
