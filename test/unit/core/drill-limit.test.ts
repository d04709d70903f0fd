import { HOUR, MINUTE, NOW } from '@self-healing/simulation/builders.ts';
import { describe, expect, it } from 'vitest';
import { afterBreach, afterWalk, isInTime, type LastDrill, nextDrill, realDrillOf } from '../../../lambdas/core/drill-limit.ts';

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

  const mark = realDrillOf(ONE, 60, NOW);

  it('begins with the walk where nobody says when something is broken', () => {
    expect(afterWalk(last({ drill: ONE }), mark, undefined, NOW)).toEqual({
      last: last({ drill: ONE, over: true, realAt: NOW }),
      real: mark,
    });
  });

  it('is five minutes after the walk where somebody will say so, and counts as none until then', () => {
    const announced = last({ drill: ONE, announces: true });
    expect(afterWalk(announced, mark, undefined, NOW)).toEqual({
      last: { ...announced, over: true },
      real: { ...mark, until: NOW + 5 * MINUTE },
    });
  });

  it('does not take a target from another drill for real', () => {
    const other = realDrillOf(OTHER, 60, NOW);
    expect(afterWalk(last({ drill: ONE }), mark, other, NOW + MINUTE)).not.toHaveProperty('real');
    expect(afterWalk(last({ drill: ONE }), mark, other, other.until + 1)).toHaveProperty('real', mark);
  });
});

describe('what is said of what is broken', () => {
  const walked = last({ drill: ONE, over: true, announces: true });
  const short = { drill: ONE, since: NOW, until: NOW + 5 * MINUTE };
  const said = (breach: 'begins' | 'cancelled' | 'over') => ({ drill: ONE, breach, minutes: 60 });
  const begun = afterBreach(walked, short, said('begins'), NOW + MINUTE);

  it('begins the time of the drill, once', () => {
    expect(begun).toEqual({
      last: last({ drill: ONE, over: true, realAt: NOW + MINUTE }),
      real: { ...short, until: NOW + 66 * MINUTE },
    });
    expect(afterBreach(begun?.last, begun?.real, said('begins'), NOW + 2 * MINUTE)).toBeUndefined();
  });

  it.each([
    ['after it began', begun],
    ['before it began, as of events out of order', { last: walked, real: short }],
  ])('ends it at once where nothing was broken, and then the drill counts as none: %s', (_, kept) => {
    const cancelled = afterBreach(kept?.last, kept?.real, said('cancelled'), NOW + 2 * MINUTE);
    expect(cancelled).toEqual({ last: last({ drill: ONE, over: true }), real: { ...short, until: NOW + 2 * MINUTE } });
    expect(afterBreach(cancelled?.last, cancelled?.real, said('begins'), NOW + MINUTE)).toBeUndefined();
  });

  it('ends it five minutes after the target was healed, and the drill still counts', () => {
    expect(afterBreach(begun?.last, begun?.real, said('over'), NOW + 3 * MINUTE)).toEqual({
      last: begun?.last,
      real: { ...short, until: NOW + 8 * MINUTE },
    });
    expect(afterBreach(walked, short, said('over'), NOW + MINUTE)?.last).toEqual(last({ drill: ONE, over: true, realAt: NOW + MINUTE }));
  });

  it('never makes the time longer by its end', () => {
    expect(afterBreach(begun?.last, short, said('over'), NOW + 4 * MINUTE)?.real).toEqual(short);
    expect(afterBreach(begun?.last, short, said('cancelled'), NOW + 9 * MINUTE)?.real).toEqual(short);
  });

  it.each([
    ['another drill is the last one', last({ over: true, announces: true }), short],
    ['the way is still walked', last({ drill: ONE, announces: true }), short],
    ['the target is in no drill', walked, undefined],
    ['the target is in another drill', walked, { ...short, drill: OTHER }],
    ['there never was a drill', undefined, undefined],
  ])('changes nothing where %s', (_, known, real) => {
    for (const breach of ['begins', 'cancelled', 'over'] as const)
      expect(afterBreach(known, real, said(breach), NOW + MINUTE)).toBeUndefined();
  });
});
