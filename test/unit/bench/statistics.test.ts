import { describe, expect, it } from 'vitest';
import { covered, distributionOf, growth, percentile, rounds } from '../../../bench/statistics.ts';

describe('a percentile', () => {
  it('is a value that was measured', () => {
    const values = Array.from({ length: 30 }, (_, index) => 30 - index);
    expect(distributionOf(values)).toEqual({ count: 30, p50: 15, p95: 29, p99: 30, least: 1, most: 30 });
  });

  it('of one value is that value', () => {
    expect(distributionOf([7])).toEqual({ count: 1, p50: 7, p95: 7, p99: 7, least: 7, most: 7 });
  });

  it('of nothing is an error', () => {
    expect(() => percentile([], 50)).toThrow('nothing was measured');
  });
});

describe('calls', () => {
  const span = (from: number, to: number) => ({ from, to });

  it('that overlap are one round trip, and those one after the other are several', () => {
    expect(rounds([span(0, 5), span(1, 3), span(4, 8), span(8, 9), span(20, 21)])).toBe(3);
    expect(rounds([])).toBe(0);
  });

  it('cover their time once', () => {
    expect(covered([span(4, 8), span(0, 5), span(20, 21)])).toBe(9);
  });
});

describe('growth', () => {
  it('is one where ten times as much takes ten times as long, and two where it takes a hundred times', () => {
    const times = (power: number) => [1_000, 10_000, 100_000].map((amount) => ({ amount, time: amount ** power / 7 }));
    expect(growth(times(1))).toBeCloseTo(1);
    expect(growth(times(2))).toBeCloseTo(2);
  });
});
