import { type AlarmStateValue, isMetricComparison, type MetricAlarmInput, metricQueriesOf } from './alarm-definition.ts';
import { type Dimensions, dimensionKey } from './dimensions.ts';
import { seriesOf } from './metric-math-value.ts';
import { evaluateQuery, type MetricQuery, periodSecondsOf, type QuerySources } from './metric-query.ts';
import { NotEvaluated } from './not-evaluated.ts';
import { EXTRA_PERIODS, evaluateSeries, type SeriesRule } from './series-evaluation.ts';
import { type ReasonContext, stateReason, stateReasonData } from './state-reason.ts';
import type { TimeGrid } from './time-grid.ts';

/** What an evaluation found. */
export interface EvaluatedState {
  readonly value: AlarmStateValue;
  readonly reason: string;
  readonly reasonData?: string;
}

/** One series of a GROUP BY alarm. Contributors are only ever in ALARM or OK. */
export interface EvaluatedContributor {
  readonly attributes: Dimensions;
  readonly value: 'ALARM' | 'OK';
  readonly reason: string;
}

export type AlarmEvaluation =
  | { readonly kind: 'single'; readonly state: EvaluatedState }
  | { readonly kind: 'contributors'; readonly state: EvaluatedState; readonly contributors: readonly EvaluatedContributor[] }
  | { readonly kind: 'not-evaluated'; readonly why: string };

/** The states before this evaluation. Contributors are those seen so far, with their last state. */
export interface PreviousState {
  readonly value: AlarmStateValue;
  readonly contributors: readonly { readonly attributes: Dimensions; readonly value: 'ALARM' | 'OK' }[];
}

export interface EvaluationTime {
  readonly nowMs: number;
  /** 30 means that a period of 60 s lasts 2 s here. */
  readonly secondsPerPeriodScale: number;
}

/** Why a series that vanished is OK, in CloudWatch's words. It is no proof of recovery. */
export const NO_CONTRIBUTOR_DATA = 'No data was returned for this contributor';

/** Minutes are CloudWatch's own evaluation step; shorter periods are evaluated every ten seconds. */
const EVALUATION_STEP_SECONDS = 60;
const HIGH_RESOLUTION_STEP_SECONDS = 10;

/** Decides an alarm's state from its definition, the metrics, its previous state and the time, and from nothing else. */
export function evaluateAlarm(
  alarm: MetricAlarmInput,
  sources: QuerySources,
  previous: PreviousState,
  time: EvaluationTime,
): AlarmEvaluation {
  try {
    return evaluate(alarm, sources, previous, time);
  } catch (error) {
    if (error instanceof NotEvaluated) return { kind: 'not-evaluated', why: error.message };
    throw error;
  }
}

/** The evaluation range: whole periods that ended before now, on a window that slides by the evaluation step. */
function evaluationGrid(periodSeconds: number, periods: number, { nowMs, secondsPerPeriodScale }: EvaluationTime): TimeGrid {
  const stepSeconds = periodSeconds < EVALUATION_STEP_SECONDS ? HIGH_RESOLUTION_STEP_SECONDS : EVALUATION_STEP_SECONDS;
  const stepMs = (stepSeconds * 1000) / secondsPerPeriodScale;
  return { endMs: Math.floor(nowMs / stepMs) * stepMs, periodMs: (periodSeconds * 1000) / secondsPerPeriodScale, slots: periods };
}

function evaluate(alarm: MetricAlarmInput, sources: QuerySources, previous: PreviousState, time: EvaluationTime): AlarmEvaluation {
  const queries = metricQueriesOf(alarm);
  const rule = ruleOf(alarm);
  const periodSeconds = periodSecondsOf(queries);
  const grid = evaluationGrid(periodSeconds, rule.evaluationPeriods + EXTRA_PERIODS, time);
  const value = evaluateQuery(returnedQuery(queries).Id, queries, sources, grid);
  const context: ReasonContext = {
    rule,
    grid,
    nowMs: time.nowMs,
    periodSeconds,
    ...(alarm.Statistic === undefined ? {} : { statistic: alarm.Statistic }),
  };
  const series = seriesOf(value, grid.slots);
  if (value.kind === 'series' && value.array) return evaluateContributors(series, previous, context);
  const verdict = evaluateSeries(series[0]?.values ?? [], rule, previous.value);
  return {
    kind: 'single',
    state: { value: verdict.value, reason: stateReason(verdict, context), reasonData: stateReasonData(verdict, context) },
  };
}

function ruleOf(alarm: MetricAlarmInput): SeriesRule {
  if (!isMetricComparison(alarm.ComparisonOperator) || alarm.ThresholdMetricId !== undefined) {
    throw new NotEvaluated(
      `anomaly bands are not supported: ${alarm.AlarmName} compares with ${alarm.ThresholdMetricId ?? alarm.ComparisonOperator}`,
    );
  }
  if (alarm.Threshold === undefined) throw new NotEvaluated(`${alarm.AlarmName} has no threshold`);
  return {
    comparison: alarm.ComparisonOperator,
    threshold: alarm.Threshold,
    evaluationPeriods: alarm.EvaluationPeriods,
    datapointsToAlarm: alarm.DatapointsToAlarm ?? alarm.EvaluationPeriods,
    treatMissingData: alarm.TreatMissingData ?? 'missing',
  };
}

function returnedQuery(queries: readonly MetricQuery[]): MetricQuery {
  const [returned, ...others] = queries.filter((query) => query.ReturnData);
  if (!returned || others.length > 0)
    throw new NotEvaluated(`an alarm needs exactly one query with ReturnData, not ${returned ? others.length + 1 : 0}`);
  return returned;
}

function evaluateContributors(
  series: readonly { readonly attributes: Dimensions; readonly values: readonly (number | undefined)[] }[],
  previous: PreviousState,
  context: ReasonContext,
): AlarmEvaluation {
  const before = new Map(previous.contributors.map((contributor) => [dimensionKey(contributor.attributes), contributor]));
  const present = series.map(({ attributes, values }): EvaluatedContributor => {
    const verdict = evaluateSeries(values, context.rule, before.get(dimensionKey(attributes))?.value ?? 'OK');
    return { attributes, value: verdict.value === 'ALARM' ? 'ALARM' : 'OK', reason: stateReason(verdict, context) };
  });
  const reporting = new Set(present.map(({ attributes }) => dimensionKey(attributes)));
  const gone = [...before.values()]
    .filter(({ attributes }) => !reporting.has(dimensionKey(attributes)))
    .map(({ attributes }): EvaluatedContributor => ({ attributes, value: 'OK', reason: NO_CONTRIBUTOR_DATA }));
  return { kind: 'contributors', state: parentState(present, context), contributors: [...present, ...gone] };
}

/** The alarm over all contributors. Without any series it is INSUFFICIENT_DATA, whatever `treatMissingData` says. */
function parentState(present: readonly EvaluatedContributor[], context: ReasonContext): EvaluatedState {
  if (present.length === 0) return { value: 'INSUFFICIENT_DATA', reason: 'Insufficient Data: no time series were returned.' };
  const inAlarm = present.filter(({ value }) => value === 'ALARM').length;
  const value = inAlarm > 0 ? 'ALARM' : 'OK';
  const matching = inAlarm > 0 ? inAlarm : present.length;
  const reasonData = {
    version: '1.0',
    queryDate: new Date(context.nowMs).toISOString().replace('Z', '+0000'),
    period: context.periodSeconds,
    threshold: context.rule.threshold,
  };
  return {
    value,
    reason: `${matching} out of ${present.length} time series evaluated to ${value}`,
    reasonData: JSON.stringify(reasonData),
  };
}
