import type { MetricValue } from './ports/cloudwatch.ts';

/** What an alarm compares, as CloudWatch describes it. */
export interface AlarmRule {
  readonly threshold: number;
  readonly comparison: string;
  /** Datapoints of so many that must breach. */
  readonly datapoints: number;
  readonly periods: number;
}

const breaches: Readonly<Record<string, (value: number, threshold: number) => boolean>> = {
  GreaterThanThreshold: (value, threshold) => value > threshold,
  GreaterThanOrEqualToThreshold: (value, threshold) => value >= threshold,
  LessThanThreshold: (value, threshold) => value < threshold,
  LessThanOrEqualToThreshold: (value, threshold) => value <= threshold,
};

/** Whether a series would be in ALARM by its newest datapoints; undefined for a comparison that is none with one number. */
export function isBreaching(
  values: readonly MetricValue[],
  { threshold, comparison, datapoints, periods }: AlarmRule,
): boolean | undefined {
  const breach = breaches[comparison];
  if (!breach) return undefined;
  const newest = values.toSorted((left, right) => right.at - left.at).slice(0, periods);
  return newest.filter(({ value }) => breach(value, threshold)).length >= datapoints;
}
