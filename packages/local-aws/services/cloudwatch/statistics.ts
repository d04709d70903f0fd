import type { Datapoint } from './metric-store.ts';

const PERCENTILE = /^p(\d{1,2}(?:\.\d{1,10})?|100)$/;

/** Whether this statistic can be computed here. Trimmed means and the like are not. */
export function isStatistic(statistic: string): boolean {
  return ['Average', 'Sum', 'Minimum', 'Maximum', 'SampleCount'].includes(statistic) || PERCENTILE.test(statistic);
}

/** The statistic over all samples of one period, or `undefined` when there are none. */
export function aggregate(datapoints: readonly Datapoint[], statistic: string): number | undefined {
  const count = datapoints.reduce((total, point) => total + point.count, 0);
  if (count === 0) return undefined;
  const sum = datapoints.reduce((total, point) => total + point.sum, 0);
  switch (statistic) {
    case 'Average':
      return sum / count;
    case 'Sum':
      return sum;
    case 'SampleCount':
      return count;
    case 'Minimum':
      return Math.min(...datapoints.map((point) => point.min));
    case 'Maximum':
      return Math.max(...datapoints.map((point) => point.max));
    default:
      return percentile(datapoints, statistic);
  }
}

/** Nearest rank over the weighted values. A statistic set takes part only when all its values are equal; otherwise there is no percentile. */
function percentile(datapoints: readonly Datapoint[], statistic: string): number | undefined {
  const rank = PERCENTILE.exec(statistic)?.[1];
  if (rank === undefined) return undefined;
  const pairs: (readonly [number, number])[] = [];
  for (const point of datapoints) {
    if (point.values) pairs.push(...point.values);
    else if (point.min === point.max) pairs.push([point.min, point.count]);
    else return undefined;
  }
  pairs.sort(([left], [right]) => left - right);
  const wanted = (Number(rank) / 100) * pairs.reduce((total, [, count]) => total + count, 0);
  let seen = 0;
  for (const [value, count] of pairs) {
    seen += count;
    if (seen >= wanted) return value;
  }
  return pairs.at(-1)?.[0];
}
