/** What became of a number of measurements. */
export interface Distribution {
  readonly count: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly least: number;
  readonly most: number;
}

/** The least value that is not below so many percent of the values: one that was measured, not one between two. */
export function percentile(values: readonly number[], percent: number): number {
  if (values.length === 0) throw new RangeError('nothing was measured');
  if (!(percent >= 0 && percent <= 100)) throw new RangeError(`${percent} is no percentage`);
  const sorted = values.toSorted((left, right) => left - right);
  const rank = Math.max(1, Math.ceil((percent / 100) * sorted.length));
  return sorted[rank - 1] as number;
}

export function distributionOf(values: readonly number[]): Distribution {
  const at = (percent: number) => percentile(values, percent);
  return { count: values.length, p50: at(50), p95: at(95), p99: at(99), least: at(0), most: at(100) };
}

/** A span of time, in milliseconds. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/**
 * How many of the spans came one after the other: those that overlap count once, since whoever waits for all of them waits for one
 * round trip. Spans that touch are two.
 */
export function rounds(spans: readonly Span[]): number {
  return merged(spans).length;
}

/** The time in which at least one of the spans was under way. */
export function covered(spans: readonly Span[]): number {
  return merged(spans).reduce((sum, { from, to }) => sum + to - from, 0);
}

function merged(spans: readonly Span[]): readonly Span[] {
  const result: Span[] = [];
  for (const span of spans.toSorted((left, right) => left.from - right.from)) {
    const last = result.at(-1);
    if (last && span.from < last.to) result[result.length - 1] = { from: last.from, to: Math.max(last.to, span.to) };
    else result.push(span);
  }
  return result;
}

/** By how much a time grows for ten times the amount, as a power: 1 is linear, 2 is quadratic. Least squares over the logarithms. */
export function growth(points: readonly { readonly amount: number; readonly time: number }[]): number {
  if (points.length < 2) return Number.NaN;
  const logs = points.map(({ amount, time }) => [Math.log(amount), Math.log(time)] as const);
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [x, y] = [mean(logs.map(([amount]) => amount)), mean(logs.map(([, time]) => time))];
  const above = logs.reduce((sum, [amount, time]) => sum + (amount - x) * (time - y), 0);
  return above / logs.reduce((sum, [amount]) => sum + (amount - x) ** 2, 0);
}
