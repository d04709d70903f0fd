import type { AlarmStateValue, MetricComparison } from './alarm-definition.ts';
import type { SlotValues } from './time-grid.ts';

/** How one series is judged: M of N datapoints against a threshold. */
export interface SeriesRule {
  readonly comparison: MetricComparison;
  readonly threshold: number;
  /** N. */
  readonly evaluationPeriods: number;
  /** M. */
  readonly datapointsToAlarm: number;
  readonly treatMissingData: 'missing' | 'ignore' | 'breaching' | 'notBreaching';
}

export interface SeriesVerdict {
  readonly value: AlarmStateValue;
  /** The datapoints that decided, newest first, by their slot in the evaluation range. */
  readonly evaluated: readonly { readonly slot: number; readonly value: number; readonly breaching: boolean }[];
  /** How many missing datapoints had to be filled by `treatMissingData`. */
  readonly filled: number;
}

/**
 * Periods beyond the evaluation periods in which CloudWatch looks for real datapoints before it treats any as missing.
 * AWS documents "5 for 3 evaluation periods" and leaves the other cases open; two more is that example.
 */
export const EXTRA_PERIODS = 2;

/**
 * Judges one series over its evaluation range (oldest first). Only when fewer real datapoints than evaluation periods exist
 * are missing ones treated, and then only as many as needed; all real ones take part.
 */
export function evaluateSeries(range: SlotValues, rule: SeriesRule, previous: AlarmStateValue): SeriesVerdict {
  const evaluated = range
    .map((value, slot) => ({ slot, value }))
    .filter((point): point is { slot: number; value: number } => point.value !== undefined)
    .slice(-rule.evaluationPeriods)
    .reverse()
    .map((point) => ({ ...point, breaching: isBreaching(point.value, rule) }));
  const filled = rule.evaluationPeriods - evaluated.length;
  const breaching = evaluated.filter((point) => point.breaching).length;
  return { value: decide(breaching, evaluated.length, filled), evaluated, filled };

  function decide(breachingCount: number, realCount: number, missingCount: number): AlarmStateValue {
    if (breachingCount >= rule.datapointsToAlarm) return 'ALARM';
    if (missingCount === 0) return 'OK';
    if (rule.treatMissingData === 'breaching') return breachingCount + missingCount >= rule.datapointsToAlarm ? 'ALARM' : 'OK';
    if (rule.treatMissingData === 'notBreaching') return 'OK';
    if (realCount > breachingCount) return 'OK';
    if (rule.treatMissingData === 'ignore') return previous;
    if (realCount === 0) return 'INSUFFICIENT_DATA';
    return isPrematureAlarm() ? 'ALARM' : previous;
  }

  /** CloudWatch alarms early when the oldest breaching datapoint is at least M periods old and all newer ones breach or are missing. */
  function isPrematureAlarm(): boolean {
    const oldest = evaluated.at(-1);
    return oldest !== undefined && range.length - oldest.slot >= rule.datapointsToAlarm;
  }
}

function isBreaching(value: number, { comparison, threshold }: SeriesRule): boolean {
  switch (comparison) {
    case 'GreaterThanThreshold':
      return value > threshold;
    case 'GreaterThanOrEqualToThreshold':
      return value >= threshold;
    case 'LessThanThreshold':
      return value < threshold;
    case 'LessThanOrEqualToThreshold':
      return value <= threshold;
  }
}
