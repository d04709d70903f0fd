import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluateAlarm } from '../../services/cloudwatch/alarm-evaluation.ts';
import { MetricStore } from '../../services/cloudwatch/metric-store.ts';
import { EXTRA_PERIODS, evaluateSeries } from '../../services/cloudwatch/series-evaluation.ts';
import { anAlarm, anExpressionAlarm, NOON_MS, report } from '../support/cloudwatch.ts';

const value = fc.option(fc.integer({ min: 0, max: 100 }), { nil: undefined });
const treatment = fc.constantFrom('missing', 'ignore', 'breaching', 'notBreaching');
const state = fc.constantFrom('OK', 'ALARM', 'INSUFFICIENT_DATA');
const periods = fc.integer({ min: 1, max: 6 }).chain((n) => fc.tuple(fc.constant(n), fc.integer({ min: 1, max: n })));
const TIME = { nowMs: NOON_MS, secondsPerPeriodScale: 30 };
const cpu = { name: 'CPUUtilization', dimensions: { InstanceId: 'i-1' } };

describe('the evaluation of any alarm', () => {
  it('depends on nothing before the evaluation range', () => {
    fc.assert(
      fc.property(
        periods,
        treatment,
        state,
        fc.array(value, { maxLength: 20 }),
        fc.array(value, { maxLength: 10 }),
        ([n, m], treat, previous, recent, older) => {
          const alarm = anAlarm({ EvaluationPeriods: n, DatapointsToAlarm: m, TreatMissingData: treat });
          const range = Array.from({ length: n + EXTRA_PERIODS }, (_, slot) => recent[slot]);
          const [young, old] = [new MetricStore(), new MetricStore()];
          report(young, cpu, range);
          report(old, cpu, [...older, ...range]);
          const evaluate = (metrics: MetricStore) =>
            evaluateAlarm(alarm, { metrics, tagsOf: () => ({}) }, { value: previous, contributors: [] }, TIME);

          expect(evaluate(old)).toEqual(evaluate(young));
        },
      ),
    );
  });

  it('alarms whenever M real datapoints of the last N breach, and never with fewer unless missing data allows it', () => {
    fc.assert(
      fc.property(periods, state, fc.array(value, { minLength: 8, maxLength: 8 }), ([n, m], previous, range) => {
        const rule = { comparison: 'GreaterThanThreshold', threshold: 50, evaluationPeriods: n, datapointsToAlarm: m } as const;
        const lastReal = range.filter((each) => each !== undefined).slice(-n);
        const breaching = lastReal.filter((each) => each > 50).length;

        const cautious = evaluateSeries(range, { ...rule, treatMissingData: 'notBreaching' }, previous).value;

        expect(cautious).toBe(breaching >= m ? 'ALARM' : 'OK');
      }),
    );
  });

  it('never throws, whatever the expression says', () => {
    const words = fc.constantFrom(
      'm1',
      'q1',
      '(',
      ')',
      '+',
      '-',
      '/',
      '"',
      "'",
      ',',
      '1',
      'IF(',
      'FILL(',
      'MAX(',
      'SELECT',
      'FROM',
      'GROUP BY',
      'x',
      '[',
      ']',
      '?',
      'METRICS()',
    );
    const expression = fc.oneof(
      fc.string(),
      fc.array(words, { maxLength: 12 }).map((parts) => parts.join(' ')),
    );
    fc.assert(
      fc.property(expression, (text) => {
        const metrics = new MetricStore();
        report(metrics, cpu, [1, undefined, 3]);
        const alarm = anExpressionAlarm([
          { Id: 'e1', Expression: text },
          {
            Id: 'm1',
            ReturnData: false,
            MetricStat: { Metric: { Namespace: 'AWS/EC2', MetricName: 'CPUUtilization' }, Period: 60, Stat: 'Sum' },
          },
          { Id: 'q1', ReturnData: false, Expression: 'SELECT MAX(CPUUtilization) FROM "AWS/EC2" GROUP BY InstanceId' },
        ]);
        const evaluation = evaluateAlarm(alarm, { metrics, tagsOf: () => ({}) }, { value: 'OK', contributors: [] }, TIME);

        expect(['single', 'contributors', 'not-evaluated']).toContain(evaluation.kind);
      }),
      { numRuns: 500 },
    );
  });
});
