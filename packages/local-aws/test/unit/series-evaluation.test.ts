import { describe, expect, it } from 'vitest';
import type { AlarmStateValue } from '../../services/cloudwatch/alarm-definition.ts';
import { evaluateSeries, type SeriesRule } from '../../services/cloudwatch/series-evaluation.ts';

/** The notation of AWS's documentation: X breaches, 0 does not, - is missing; oldest first. */
const range = (text: string) => text.split(' ').map((sign) => ({ X: 100, '0': 0, '-': undefined })[sign]);
const rule = (m: number, n: number, treatMissingData: SeriesRule['treatMissingData']): SeriesRule => ({
  comparison: 'GreaterThanThreshold',
  threshold: 50,
  evaluationPeriods: n,
  datapointsToAlarm: m,
  treatMissingData,
});
const treatments = ['missing', 'ignore', 'breaching', 'notBreaching'] as const;
const previous: AlarmStateValue = 'INSUFFICIENT_DATA';
const kept = previous;

describe("CloudWatch's documented tables of missing data", () => {
  const rows: [m: number, datapoints: string, filled: number, states: AlarmStateValue[]][] = [
    [3, '0 - X - X', 0, ['OK', 'OK', 'OK', 'OK']],
    [3, '- - - - 0', 2, ['OK', 'OK', 'OK', 'OK']],
    [3, '- - - - -', 3, ['INSUFFICIENT_DATA', kept, 'ALARM', 'OK']],
    [3, '0 X X - X', 0, ['ALARM', 'ALARM', 'ALARM', 'ALARM']],
    [3, '- - X - -', 2, ['ALARM', kept, 'ALARM', 'OK']],
    [2, '0 - X - X', 0, ['ALARM', 'ALARM', 'ALARM', 'ALARM']],
    [2, '0 0 X 0 X', 0, ['ALARM', 'ALARM', 'ALARM', 'ALARM']],
    [2, '0 - X - -', 1, ['OK', 'OK', 'ALARM', 'OK']],
    [2, '- - - - 0', 2, ['OK', 'OK', 'ALARM', 'OK']],
    [2, '- - - X -', 2, ['ALARM', kept, 'ALARM', 'OK']],
  ];
  const cases = rows.flatMap(([m, datapoints, filled, states]) =>
    treatments.map((treatment, index) => ({ m, datapoints, filled, treatment, expected: states[index] })),
  );

  it.each(cases)(
    '$m of 3 over "$datapoints" with missing treated as $treatment is $expected',
    ({ m, datapoints, filled, treatment, expected }) => {
      const verdict = evaluateSeries(range(datapoints), rule(m, 3, treatment), previous);

      expect(verdict.value).toBe(expected);
      expect(verdict.filled).toBe(filled);
    },
  );
});

describe('M of N', () => {
  it.each([
    { case: 'three breaching of three', m: 3, datapoints: '0 0 X X X', expected: 'ALARM' },
    { case: 'two breaching of three when three are needed', m: 3, datapoints: 'X X X X 0', expected: 'OK' },
    { case: 'two breaching, not adjacent', m: 2, datapoints: '0 0 X 0 X', expected: 'ALARM' },
    { case: 'older breaches outside the evaluation periods', m: 2, datapoints: 'X X 0 0 X', expected: 'OK' },
    { case: 'one fresh breach and nothing else keeps the state', m: 2, datapoints: '- - - - X', expected: 'INSUFFICIENT_DATA' },
  ])('$case is $expected', ({ m, datapoints, expected }) => {
    expect(evaluateSeries(range(datapoints), rule(m, 3, 'missing'), previous).value).toBe(expected);
  });
});

describe('comparison with the threshold itself', () => {
  it.each([
    ['GreaterThanThreshold', 'OK'],
    ['GreaterThanOrEqualToThreshold', 'ALARM'],
    ['LessThanThreshold', 'OK'],
    ['LessThanOrEqualToThreshold', 'ALARM'],
  ] as const)('%s is %s', (comparison, expected) => {
    expect(evaluateSeries([50], { ...rule(1, 1, 'missing'), comparison }, 'OK').value).toBe(expected);
  });
});
