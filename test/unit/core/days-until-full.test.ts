import { HOUR, NOW } from '@self-healing/simulation/builders.ts';
import { describe, expect, it } from 'vitest';
import { daysUntilFull, type FreeSpace, fullInWords } from '../../../lambdas/core/days-until-full.ts';

/** What was free in each of the last hours, the newest last. */
const hourly = (...free: number[]): FreeSpace[] =>
  free.map((value, index) => ({ at: NOW - (free.length - 1 - index) * HOUR, free: value }));

describe('days until full', () => {
  it.each([
    ['one unit in each of as few hours as it takes', hourly(53, 52, 51, 50, 49, 48), 2],
    ['one unit an hour', hourly(54, 53, 52, 51, 50, 49, 48), 2],
    ['half a unit an hour', hourly(27, 26.5, 26, 25.5, 25, 24.5, 24), 2],
    ['on a line that only the mean follows', hourly(54, 52, 53, 51, 49, 50, 48), 28 / 13],
    ['nothing left', hourly(6, 5, 4, 3, 2, 1, 0), 0],
  ])('by %s', (_, seen, days) => {
    expect(daysUntilFull(seen)).toBeCloseTo(days, 2);
  });

  it('does not depend on the order in which CloudWatch lists the points', () => {
    const seen = hourly(54, 52, 53, 51, 49, 50, 48);
    expect(daysUntilFull(seen.toReversed())).toBeCloseTo(daysUntilFull(seen) ?? 0, 9);
  });

  it.each([
    ['nothing was seen', []],
    ['too little was seen', hourly(5, 4, 3, 2, 1)],
    ['it grows', hourly(1, 2, 3, 4, 5, 6)],
    ['it stays', hourly(5, 5, 5, 5, 5, 5)],
    ['it stays for longer than a line can be drawn exactly', hourly(...Array.from({ length: 9 }, () => 5))],
    ['all was seen at one moment', Array.from({ length: 6 }, (_, index) => ({ at: NOW, free: index }))],
  ])('is unknown when %s', (_, seen) => {
    expect(daysUntilFull(seen)).toBeUndefined();
  });

  it.each([
    [0, 'full within a day'],
    [0.9, 'full within a day'],
    [1, 'full in about a day'],
    [1.2, 'full in about a day'],
    [2.6, 'full in about 3 days'],
  ])('%d is said as %s', (days, words) => {
    expect(fullInWords(days)).toBe(words);
  });
});
