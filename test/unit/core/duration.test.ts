import { NOW } from '@self-healing/simulation/builders.ts';
import { describe, expect, it } from 'vitest';
import { after, durationSchema, inWords, iso, milliseconds } from '../../../lambdas/core/duration.ts';

describe('a duration', () => {
  it.each([
    [{ seconds: 1.5 }, 1_500],
    [{ minutes: 2 }, 120_000],
    [{ hours: 1 }, 3_600_000],
    [{ days: 1 }, 86_400_000],
  ])('%o is %i milliseconds', (duration, expected) => {
    expect(milliseconds(duration)).toBe(expected);
  });

  it.each([
    ['two units', { minutes: 1, seconds: 1 }],
    ['an unknown unit', { weeks: 1 }],
    ['no unit', {}],
    ['a bare number', 5],
    ['a negative amount', { seconds: -1 }],
    ['an endless amount', { days: Number.POSITIVE_INFINITY }],
  ])('is refused with %s', (_, value) => {
    expect(durationSchema.safeParse(value).success).toBe(false);
  });

  it('is added to an instant, which is shown in UTC', () => {
    expect(iso(after(NOW, { minutes: 5 }))).toBe('2026-11-02T10:25:00.000Z');
  });

  it.each([
    [-5_000, '0 s'],
    [45_400, '45 s'],
    [119_400, '119 s'],
    [120_000, '2 min'],
    [180_000, '3 min'],
    [7_140_000, '119 min'],
    [7_200_000, '2 h'],
    [7_500_000, '2 h 5 min'],
    [48 * 3_600_000 - 60_000, '47 h 59 min'],
    [48 * 3_600_000, '2 days'],
    [6 * 86_400_000, '6 days'],
  ])('%i milliseconds reads "%s" in a message', (span, words) => {
    expect(inWords(span)).toBe(words);
  });
});
