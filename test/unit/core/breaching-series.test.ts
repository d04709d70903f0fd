import { expect, it } from 'vitest';
import { isBreaching } from '../../../lambdas/core/breaching-series.ts';

const rule = { threshold: 90, comparison: 'GreaterThanThreshold', datapoints: 2, periods: 3 };
const valuesOf = (...values: number[]) => values.map((value, index) => ({ at: index * 60_000, value }));

it.each([
  ['as many of the newest as the alarm asks for', valuesOf(10, 95, 10, 95), rule, true],
  ['fewer', valuesOf(95, 95, 10, 10, 95), rule, false],
  ['too few datapoints at all', valuesOf(95), rule, false],
  ['a value at the threshold', valuesOf(90, 90, 90), rule, false],
  ['a value at the threshold, where that is enough', valuesOf(90, 90, 90), { ...rule, comparison: 'GreaterThanOrEqualToThreshold' }, true],
  ['values below', valuesOf(0, 0, 0), { ...rule, comparison: 'LessThanThreshold', threshold: 1 }, true],
  ['values below or at it', valuesOf(1, 1, 1), { ...rule, comparison: 'LessThanOrEqualToThreshold', threshold: 1 }, true],
  ['a band of values', valuesOf(95, 95, 95), { ...rule, comparison: 'GreaterThanUpperThreshold' }, undefined],
] as const)('a series is judged as its alarm does: %s', (_, values, given, breaching) => {
  expect(isBreaching(values, given)).toBe(breaching);
});

it('the order in which datapoints come does not count', () => {
  expect(isBreaching(valuesOf(10, 95, 10, 95).toReversed(), rule)).toBe(true);
});
