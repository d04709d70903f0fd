import { describe, expect, it } from 'vitest';
import type { MetricAlarmInput } from '../../services/cloudwatch/alarm-definition.ts';
import {
  type AlarmEvaluation,
  evaluateAlarm,
  NO_CONTRIBUTOR_DATA,
  type PreviousState,
} from '../../services/cloudwatch/alarm-evaluation.ts';
import { MetricStore } from '../../services/cloudwatch/metric-store.ts';
import { anAlarm, anExpressionAlarm, NOON_MS, report } from '../support/cloudwatch.ts';

const CREATED: PreviousState = { value: 'INSUFFICIENT_DATA', contributors: [] };
const TIME = { nowMs: NOON_MS, secondsPerPeriodScale: 30 };

function evaluate(
  alarm: MetricAlarmInput,
  metrics: MetricStore,
  previous = CREATED,
  tags: Record<string, Record<string, string>> = {},
): AlarmEvaluation {
  return evaluateAlarm(alarm, { metrics, tagsOf: ({ InstanceId = '' }) => tags[InstanceId] ?? {} }, previous, TIME);
}

const stateOf = (evaluation: AlarmEvaluation) => (evaluation.kind === 'not-evaluated' ? evaluation : evaluation.state.value);

describe('an alarm on a single metric', () => {
  it('alarms on a metric with exactly its dimensions, and says why in AWS words', () => {
    const metrics = new MetricStore();
    report(metrics, { name: 'CPUUtilization', dimensions: { InstanceId: 'i-1' } }, [97.5]);

    const evaluation = evaluate(anAlarm(), metrics);

    expect(evaluation).toMatchObject({ kind: 'single', state: { value: 'ALARM' } });
    expect(evaluation.kind === 'single' && evaluation.state.reason).toBe(
      'Threshold Crossed: 1 out of the last 1 datapoints [97.5 (02/11/26 11:59:58)] was greater than the threshold (50.0) (minimum 1 datapoint for OK -> ALARM transition).',
    );
    expect(JSON.parse((evaluation.kind === 'single' && evaluation.state.reasonData) || '')).toMatchObject({
      version: '1.0',
      statistic: 'Average',
      period: 60,
      recentDatapoints: [97.5],
      threshold: 50,
    });
  });

  it.each([
    { case: 'another instance', dimensions: { InstanceId: 'i-2' } },
    { case: 'one more dimension', dimensions: { InstanceId: 'i-1', ImageId: 'ami-1' } },
    { case: 'no dimension', dimensions: {} },
  ] as { case: string; dimensions: Record<string, string> }[])('does not see the metric of $case', ({ dimensions }) => {
    const metrics = new MetricStore();
    report(metrics, { name: 'CPUUtilization', dimensions }, [97]);

    expect(stateOf(evaluate(anAlarm(), metrics))).toBe('INSUFFICIENT_DATA');
  });

  it('leaves out the period that has not ended yet', () => {
    const metrics = new MetricStore();
    report(metrics, { name: 'CPUUtilization', dimensions: { InstanceId: 'i-1' } }, [97], NOON_MS + 2_000);

    expect(stateOf(evaluate(anAlarm(), metrics))).toBe('INSUFFICIENT_DATA');
  });

  it('computes percentiles over all values of the period', () => {
    const metrics = new MetricStore();
    for (let value = 1; value <= 100; value++) report(metrics, { name: 'CPUUtilization', dimensions: { InstanceId: 'i-1' } }, [value]);

    const above = (threshold: number) =>
      stateOf(evaluate(anAlarm({ Statistic: undefined, ExtendedStatistic: 'p99', Threshold: threshold }), metrics));

    expect([above(98), above(99)]).toEqual(['ALARM', 'OK']);
  });
});

describe('an alarm on metric math', () => {
  const stat = (id: string, name: string) => ({
    Id: id,
    MetricStat: { Metric: { Namespace: 'AWS/EC2', MetricName: name }, Period: 60, Stat: 'Sum' },
    ReturnData: false,
  });
  const share = (expression: string, overrides = {}) =>
    anExpressionAlarm([{ Id: 'e1', Expression: expression }, stat('m1', 'Errors'), stat('m2', 'Requests')], { Threshold: 5, ...overrides });

  it.each([
    { case: 'a share above the threshold', expression: '100*m1/m2', errors: [10], requests: [100], expected: 'ALARM' },
    { case: 'a missing input', expression: '100*m1/m2', errors: [], requests: [100], expected: 'INSUFFICIENT_DATA' },
    { case: 'a missing input that FILL replaces', expression: '100*FILL(m1,0)/m2', errors: [], requests: [100], expected: 'OK' },
    { case: 'a division by zero', expression: '100*m1/m2', errors: [10], requests: [0], expected: 'INSUFFICIENT_DATA' },
    { case: 'IF that ignores few requests', expression: 'IF(m2 >= 20, 100*m1/m2, 0)', errors: [5], requests: [5], expected: 'OK' },
    { case: 'IF whose other branch is missing', expression: 'IF(m2 < 20, 0, m1)', errors: [], requests: [5], expected: 'OK' },
    { case: 'MAX over several series', expression: 'MAX([m1, m2])', errors: [1], requests: [9], expected: 'ALARM' },
    { case: 'SUM over all metrics', expression: 'SUM(METRICS())', errors: [3], requests: [3], expected: 'ALARM' },
    { case: 'parentheses and signs', expression: '-(m1 - m2) / 2', errors: [1], requests: [13], expected: 'ALARM' },
  ])('$case is $expected', ({ expression, errors, requests, expected }) => {
    const metrics = new MetricStore();
    report(metrics, { name: 'Errors' }, errors);
    report(metrics, { name: 'Requests' }, requests);

    expect(stateOf(evaluate(share(expression), metrics))).toBe(expected);
  });

  it.each([
    { case: 'an unknown function', expression: 'RUNNING_SUM(m1)', why: 'RUNNING_SUM' },
    { case: 'an unknown id', expression: 'm7', why: 'm7' },
    { case: 'a circle', expression: 'e1 + 1', why: 'e1 > e1' },
    { case: 'an anomaly band', expression: 'ANOMALY_DETECTION_BAND(m1, 2)', why: 'ANOMALY_DETECTION_BAND' },
    { case: 'a broken expression', expression: 'm1 +', why: 'm1 +' },
  ])('$case is reported as not evaluated, by name', ({ expression, why }) => {
    const metrics = new MetricStore();
    report(metrics, { name: 'Errors' }, [1]);

    expect(evaluate(share(expression), metrics)).toEqual({ kind: 'not-evaluated', why: expect.stringContaining(why) });
  });

  it('reports an alarm on an anomaly band as not evaluated', () => {
    const alarm = anExpressionAlarm([stat('m1', 'Errors'), { Id: 'ad1', Expression: 'ANOMALY_DETECTION_BAND(m1, 2)' }], {
      ComparisonOperator: 'GreaterThanUpperThreshold',
      Threshold: undefined,
      ThresholdMetricId: 'ad1',
    });

    expect(evaluate(alarm, new MetricStore())).toEqual({ kind: 'not-evaluated', why: expect.stringContaining('anomaly') });
  });
});

describe('an alarm with contributors', () => {
  const fleet = (query: string, overrides = {}) =>
    anExpressionAlarm([{ Id: 'q1', Expression: query, Period: 60 }], { Threshold: 90, ...overrides });
  const MEMORY = 'SELECT MAX(mem_used_percent) FROM SCHEMA("CWAgent", InstanceId) GROUP BY InstanceId ORDER BY MAX() DESC';
  const memoryOf = (InstanceId: string) => ({ namespace: 'CWAgent', name: 'mem_used_percent', dimensions: { InstanceId } });
  const byInstance = (evaluation: AlarmEvaluation) =>
    evaluation.kind === 'contributors'
      ? Object.fromEntries(evaluation.contributors.map((each) => [each.attributes.InstanceId, each.value]))
      : evaluation;

  it('judges every instance for itself and counts them in the alarm', () => {
    const metrics = new MetricStore();
    report(metrics, memoryOf('i-1'), [95]);
    report(metrics, memoryOf('i-2'), [40]);

    const evaluation = evaluate(fleet(MEMORY), metrics);

    expect(byInstance(evaluation)).toEqual({ 'i-1': 'ALARM', 'i-2': 'OK' });
    expect(evaluation).toMatchObject({ state: { value: 'ALARM', reason: '1 out of 2 time series evaluated to ALARM' } });
  });

  it('puts an instance that stopped reporting to OK without calling it proof', () => {
    const metrics = new MetricStore();
    report(metrics, memoryOf('i-2'), [40]);
    const previous: PreviousState = { value: 'ALARM', contributors: [{ attributes: { InstanceId: 'i-1' }, value: 'ALARM' }] };

    const evaluation = evaluate(fleet(MEMORY), metrics, previous);

    expect(byInstance(evaluation)).toEqual({ 'i-1': 'OK', 'i-2': 'OK' });
    expect(evaluation).toMatchObject({ contributors: [{}, { reason: NO_CONTRIBUTOR_DATA }] });
  });

  it('has insufficient data when no instance reports, even where missing data counts as breaching', () => {
    expect(evaluate(fleet(MEMORY, { TreatMissingData: 'breaching' }), new MetricStore())).toMatchObject({
      state: { value: 'INSUFFICIENT_DATA' },
      contributors: [],
    });
  });

  it('takes with SCHEMA only metrics with exactly those dimensions, without it any that has the grouping dimension', () => {
    const metrics = new MetricStore();
    report(metrics, memoryOf('i-1'), [95]);
    report(metrics, { ...memoryOf('i-2'), dimensions: { InstanceId: 'i-2', ImageId: 'ami-1' } }, [95]);
    report(metrics, { ...memoryOf('i-3'), dimensions: { host: 'web' } }, [95]);

    expect(byInstance(evaluate(fleet(MEMORY), metrics))).toEqual({ 'i-1': 'ALARM' });
    expect(byInstance(evaluate(fleet('SELECT MAX(mem_used_percent) FROM "CWAgent" GROUP BY InstanceId'), metrics))).toEqual({
      'i-1': 'ALARM',
      'i-2': 'ALARM',
    });
  });

  it('filters by the tags of the instance', () => {
    const metrics = new MetricStore();
    for (const id of ['i-1', 'i-2', 'i-3']) report(metrics, { name: 'CPUUtilization', dimensions: { InstanceId: id } }, [95]);
    const query = `SELECT MAX(CPUUtilization) FROM SCHEMA("AWS/EC2", InstanceId) WHERE tag.SelfHeal = 'enabled' GROUP BY InstanceId`;
    const tags = { 'i-1': { SelfHeal: 'enabled' }, 'i-2': { SelfHeal: 'no' } };

    expect(byInstance(evaluate(fleet(query), metrics, CREATED, tags))).toEqual({ 'i-1': 'ALARM' });
  });

  it('keeps the groups apart through metric math', () => {
    const metrics = new MetricStore();
    report(metrics, memoryOf('i-1'), [95]);
    report(metrics, memoryOf('i-2'), [40]);
    const alarm = anExpressionAlarm(
      [
        { Id: 'q1', Expression: MEMORY, Period: 60, ReturnData: false },
        { Id: 'free', Expression: '100 - q1' },
      ],
      {
        Threshold: 10,
        ComparisonOperator: 'LessThanThreshold',
      },
    );

    expect(byInstance(evaluate(alarm, metrics))).toEqual({ 'i-1': 'ALARM', 'i-2': 'OK' });
  });
});
