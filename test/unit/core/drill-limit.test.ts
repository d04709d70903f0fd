import { HOUR, MINUTE, NOW } from '@self-healing/simulation/builders.ts';
import { describe, expect, it } from 'vitest';
import { isInTime, type LastDrill, nextDrill, realDrillOf } from '../../../lambdas/core/drill-limit.ts';

const ONE = '0123456789abcdef';
const OTHER = 'fedcba9876543210';
const played = { drill: ONE, isReal: false };
const real = { drill: ONE, isReal: true };
const last = (given: Partial<LastDrill> = {}): LastDrill => ({ drill: OTHER, until: NOW + MINUTE, ...given });

describe('the next drill of a policy', () => {
  it('is let in where there was none', () => {
    expect(nextDrill(undefined, real, NOW)).toEqual({ last: { drill: ONE, until: NOW + 15 * MINUTE } });
  });

  it('waits for the one that is under way, and says which and how long', () => {
    expect(nextDrill(last(), played, NOW)).toEqual({
      why: `drill ${OTHER} of the policy is under way, until ${new Date(NOW + MINUTE).toISOString()} at the latest`,
    });
  });

  it.each([
    ['is over', last({ over: true })],
    ['never said that it is over', last({ until: NOW })],
  ])('is let in after one that %s', (_, known) => {
    expect(nextDrill(known, played, NOW)).toMatchObject({ last: { drill: ONE } });
  });

  it('is for real once an hour, and in shadow at any time', () => {
    const known = last({ over: true, realAt: NOW - HOUR + 1 });
    expect(nextDrill(known, real, NOW)).toEqual({ why: expect.stringContaining('the next one can be held from 2026') });
    expect(nextDrill(known, played, NOW)).toMatchObject({ last: { drill: ONE, realAt: known.realAt } });
    expect(nextDrill(known, real, NOW + 1)).toMatchObject({ last: { drill: ONE } });
  });

  it('that comes twice does not begin anew', () => {
    const known = last({ drill: ONE, over: true, realAt: NOW });
    expect(nextDrill(known, real, NOW)).toEqual({ last: known });
  });
});

describe('the time of a drill for real', () => {
  it('lasts as long as something is broken and a little longer, an hour at the most', () => {
    const mark = realDrillOf(ONE, 10, NOW);
    expect([NOW - 1, NOW, NOW + 15 * MINUTE, NOW + 15 * MINUTE + 1].map((at) => isInTime(mark, at))).toEqual([false, true, true, false]);
    expect(realDrillOf(ONE, 6_000, NOW).until).toBe(NOW + 65 * MINUTE);
  });
});
