import type { SeriesRule, SeriesVerdict } from './series-evaluation.ts';
import { slotStartMs, type TimeGrid } from './time-grid.ts';

/** What an alarm says about the query whose datapoints it judged. */
export interface ReasonContext {
  readonly rule: SeriesRule;
  readonly grid: TimeGrid;
  readonly nowMs: number;
  /** As defined, not as shortened by the local AWS. */
  readonly periodSeconds: number;
  /** Only for an alarm on a single metric. */
  readonly statistic?: string;
}

const WORDS = {
  GreaterThanThreshold: 'greater than',
  GreaterThanOrEqualToThreshold: 'greater than or equal to',
  LessThanThreshold: 'less than',
  LessThanOrEqualToThreshold: 'less than or equal to',
} as const;

/** AWS's own time form in alarms: UTC with `+0000` instead of `Z`. */
export function alarmTimestamp(atMs: number): string {
  return new Date(atMs).toISOString().replace('Z', '+0000');
}

/** The sentence a human reads, in CloudWatch's words. */
export function stateReason(verdict: SeriesVerdict, { rule, grid }: ReasonContext): string {
  if (verdict.value === 'INSUFFICIENT_DATA') return `Insufficient Data: ${counted(verdict.filled)} unknown.`;
  if (verdict.evaluated.length === 0) {
    const treated = rule.treatMissingData === 'breaching' ? 'Breaching' : 'NonBreaching';
    return `Threshold Crossed: no datapoints were received for ${rule.evaluationPeriods} period${rule.evaluationPeriods === 1 ? '' : 's'} and ${verdict.filled} missing datapoint${verdict.filled === 1 ? ' was' : 's were'} treated as [${treated}].`;
  }
  const isAlarm = verdict.value === 'ALARM';
  const points = verdict.evaluated.filter((point) => point.breaching === isAlarm);
  const values = points.map((point) => `${decimal(point.value)} (${shortDate(slotStartMs(grid, point.slot))})`).join(', ');
  const minimum = isAlarm ? rule.datapointsToAlarm : rule.evaluationPeriods - rule.datapointsToAlarm + 1;
  const transition = isAlarm ? 'OK -> ALARM' : 'ALARM -> OK';
  return (
    `Threshold Crossed: ${points.length} out of the last ${verdict.evaluated.length} datapoints [${values}] ` +
    `${points.length === 1 ? 'was' : 'were'} ${isAlarm ? '' : 'not '}${WORDS[rule.comparison]} the threshold (${decimal(rule.threshold)}) ` +
    `(minimum ${minimum} datapoint${minimum === 1 ? '' : 's'} for ${transition} transition).`
  );
}

/** The same for machines: a JSON text, as events and DescribeAlarms carry it. */
export function stateReasonData(verdict: SeriesVerdict, { rule, grid, nowMs, periodSeconds, statistic }: ReasonContext): string {
  const oldest = verdict.evaluated.at(-1);
  return JSON.stringify({
    version: '1.0',
    queryDate: alarmTimestamp(nowMs),
    ...(oldest ? { startDate: alarmTimestamp(slotStartMs(grid, oldest.slot)) } : {}),
    ...(statistic === undefined ? {} : { statistic }),
    period: periodSeconds,
    recentDatapoints: verdict.evaluated.map((point) => point.value),
    threshold: rule.threshold,
    evaluatedDatapoints: verdict.evaluated.map((point) => ({
      timestamp: alarmTimestamp(slotStartMs(grid, point.slot)),
      value: point.value,
    })),
  });
}

function counted(count: number): string {
  return count === 1 ? '1 datapoint was' : `${count} datapoints were`;
}

function decimal(value: number): string {
  return Number.isInteger(value) ? value.toFixed(1) : String(value);
}

/** `02/11/26 10:14:00`, day first. */
function shortDate(atMs: number): string {
  const iso = new Date(atMs).toISOString();
  return `${iso.slice(8, 10)}/${iso.slice(5, 7)}/${iso.slice(2, 4)} ${iso.slice(11, 19)}`;
}
