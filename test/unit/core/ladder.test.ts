import { anAttempt, aPolicy, aRung, HOUR, NOW, waitRung } from '@self-healing/simulation/builders.ts';
import { describe, expect, it } from 'vitest';
import { nextRung } from '../../../lambdas/core/ladder.ts';

const clear = aRung({ remedy: 'clear-caches', params: {} });
const restart = aRung();
const policy = aPolicy({ ladder: [clear, restart] });
const DAY = 24 * HOUR;

/** An attempt of an earlier incident on the same target. */
const earlier = (remedy: string, result: 'recovered' | 'not-recovered' | 'failed', at = NOW - DAY) =>
  anAttempt({ incident: 'b'.repeat(64), remedy, result, at });

describe('the next rung', () => {
  it('is the first, then the one above the last one tried, then none', () => {
    const tried = [anAttempt({ rung: 0 })];
    expect(nextRung(policy, [], [], NOW)).toEqual({ number: 0, rung: clear, passedOver: [] });
    expect(nextRung(policy, tried, tried, NOW)).toEqual({ number: 1, rung: restart, passedOver: [] });
    expect(nextRung(policy, [anAttempt({ rung: 1 })], [], NOW)).toEqual({ number: 2, passedOver: [] });
  });

  it.each(['not-recovered', 'failed'] as const)('passes over one that was %s on this target this week', (result) => {
    expect(nextRung(policy, [], [earlier('clear-caches', result)], NOW)).toEqual({ number: 1, rung: restart, passedOver: [0] });
  });

  it('does not pass over the last one that could help', () => {
    const history = [earlier('clear-caches', 'not-recovered'), earlier('restart-service', 'not-recovered')];
    expect(nextRung(policy, [], history, NOW)).toMatchObject({ number: 0, passedOver: [] });
    const waits = aPolicy({ ladder: [clear, waitRung] });
    expect(nextRung(waits, [], [earlier('clear-caches', 'failed')], NOW)).toMatchObject({ number: 0 });
  });

  it('does not pass over a wait', () => {
    const waits = aPolicy({ ladder: [waitRung, clear, restart] });
    const history = [earlier('clear-caches', 'failed'), { ...earlier('wait-and-see', 'not-recovered'), acts: false }];
    expect(nextRung(waits, [], history, NOW)).toMatchObject({ number: 0 });
    expect(nextRung(waits, [anAttempt({ rung: 0 })], history, NOW)).toMatchObject({ number: 2, passedOver: [1] });
  });

  it('forgives a failure of longer ago, one before a success, and one of another policy', () => {
    const old = earlier('clear-caches', 'failed', NOW - 7 * DAY);
    const mended = [earlier('clear-caches', 'failed', NOW - 2 * DAY), earlier('clear-caches', 'recovered')];
    expect(nextRung(policy, [], [old], NOW)).toMatchObject({ number: 0 });
    expect(nextRung(policy, [], mended, NOW)).toMatchObject({ number: 0 });
    expect(nextRung(policy, [], [{ ...earlier('clear-caches', 'failed'), policy: 'Web-disk' }], NOW)).toMatchObject({ number: 0 });
  });

  describe('of which one only enables the next', () => {
    const grow = aRung({ remedy: 'grow-volume', params: {} });
    const use = aRung({ remedy: 'grow-file-system', params: {} });
    const disk = aPolicy({ ladder: [clear, grow, use] });
    const cleared = earlier('clear-caches', 'not-recovered');
    const enabled = { ...earlier('grow-volume', 'not-recovered'), enabling: true as const };

    it.each([
      ['is tried again, since the next one helped', [cleared, enabled, earlier('grow-file-system', 'recovered')], 1, [0]],
      ['is tried again while the next one was never tried', [cleared, enabled], 1, [0]],
      ['is passed over when it could not be done itself', [cleared, { ...enabled, result: 'failed' as const }], 2, [0, 1]],
      ['is passed over with the next one, which did not help', [enabled, earlier('grow-file-system', 'not-recovered')], 0, []],
      ['is passed over with the next one, which failed', [enabled, earlier('grow-file-system', 'failed')], 0, []],
    ])('%s', (_, history, number, passedOver) => {
      expect(nextRung(disk, [], history, NOW)).toMatchObject({ number, passedOver });
    });

    it('is tried again where no next one is left in the ladder', () => {
      expect(nextRung(aPolicy({ ladder: [grow] }), [], [enabled], NOW)).toMatchObject({ number: 0, passedOver: [] });
    });

    it('is not climbed for a next one that did not help', () => {
      const then = aPolicy({ ladder: [grow, use, restart] });
      expect(nextRung(then, [], [enabled, earlier('grow-file-system', 'failed')], NOW)).toMatchObject({ number: 2, passedOver: [0, 1] });
    });
  });

  it.each(['interrupted', 'not-applicable', 'not-taken'] as const)(
    'learns nothing from one that was %s, and forgets nothing for it',
    (result) => {
      const silent = { ...earlier('clear-caches', 'failed', NOW - DAY / 2), result };
      expect(nextRung(policy, [], [silent], NOW)).toMatchObject({ number: 0, passedOver: [] });
      expect(nextRung(policy, [], [earlier('clear-caches', 'failed'), silent], NOW)).toMatchObject({ number: 1, passedOver: [0] });
    },
  );

  it('is the same again when AWS did not take it and may yet, and the next one when it never will', () => {
    const notTaken = anAttempt({ rung: 0, remedy: 'clear-caches', result: 'not-taken' });
    expect(nextRung(policy, [{ ...notTaken, again: true }], [], NOW)).toMatchObject({ number: 0 });
    expect(nextRung(policy, [{ ...notTaken, again: false }], [], NOW)).toMatchObject({ number: 1 });
    expect(nextRung(policy, [{ ...notTaken, result: 'failed', again: true }], [], NOW)).toMatchObject({ number: 1 });
    expect(nextRung(policy, [{ ...notTaken, again: true }, anAttempt({ rung: 1 })], [], NOW)).toMatchObject({ number: 2 });
  });

  it('takes the same remedy with other parameters in the same incident, though the first did not help', () => {
    const twice = aPolicy({ ladder: [clear, clear, restart] });
    const tried = [anAttempt({ rung: 0, remedy: 'clear-caches', result: 'not-recovered' })];
    expect(nextRung(twice, tried, tried, NOW)).toMatchObject({ number: 1 });
  });
});
