import { describe, expect, it } from 'vitest';
import { nextRung } from '../../../lambdas/core/ladder.ts';
import { anAttempt, aPolicy, aRung, HOUR, NOW, waitRung } from '../../support/builders.ts';

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

  it('takes the same remedy with other parameters in the same incident, though the first did not help', () => {
    const twice = aPolicy({ ladder: [clear, clear, restart] });
    const tried = [anAttempt({ rung: 0, remedy: 'clear-caches', result: 'not-recovered' })];
    expect(nextRung(twice, tried, tried, NOW)).toMatchObject({ number: 1 });
  });
});
