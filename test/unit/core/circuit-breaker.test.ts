import { HOUR, MINUTE, NOW } from '@self-healing/simulation/builders.ts';
import { describe, expect, it } from 'vitest';
import { type Breaker, closedBreaker, isolate, learn, passage, returnTrial, takeTrial } from '../../../lambdas/core/circuit-breaker.ts';

const settings = { failures: 3, openFor: { hours: 1 } };
const open: Breaker = { state: 'open', since: NOW, until: NOW + HOUR, why: '3 repairs in a row failed' };
const trying: Breaker = { state: 'half-open', trial: 'b', until: NOW + HOUR, why: '3 repairs in a row failed' };
const held = isolate('Anna', 'the new release', NOW);

const failing = (breaker: Breaker, ...incidents: readonly string[]) =>
  incidents.reduce((current, incident) => learn(current, incident, 'failed', settings, NOW), breaker);

describe('a closed circuit breaker', () => {
  it('lets every incident pass', () => {
    expect(passage(closedBreaker, 'a', NOW)).toEqual({ kind: 'free' });
  });

  it('stays closed below the number of failures, and opens with the last of them for its time', () => {
    expect(failing(closedBreaker, 'a', 'b')).toMatchObject({ state: 'closed' });
    expect(failing(closedBreaker, 'a', 'b', 'c')).toEqual({
      state: 'open',
      since: NOW,
      until: NOW + HOUR,
      why: '3 repairs in a row failed within 0 s',
    });
  });

  it('counts the same incident once, however often its end is told', () => {
    expect(failing(closedBreaker, 'a', 'a', 'a', 'a')).toMatchObject({ state: 'closed' });
  });

  it('forgets the failures when a repair heals', () => {
    expect(learn(failing(closedBreaker, 'a', 'b'), 'c', 'healed', settings, NOW)).toEqual(closedBreaker);
  });

  it('forgets failures of more than a day ago', () => {
    const old = learn(learn(closedBreaker, 'a', 'failed', settings, NOW - 25 * HOUR), 'b', 'failed', settings, NOW - 24 * HOUR);
    expect(learn(old, 'c', 'failed', settings, NOW)).toEqual({ state: 'closed', failures: [{ incident: 'c', at: NOW }] });
  });
});

describe('an open circuit breaker', () => {
  it('blocks until its time is over, and says why', () => {
    expect(passage(open, 'a', NOW + HOUR - 1)).toEqual({ kind: 'blocked', until: NOW + HOUR, why: open.why });
    expect(takeTrial(open, 'a', NOW + 2 * HOUR, NOW)).toBeUndefined();
  });

  it('half-opens by itself: one incident may try', () => {
    expect(passage(open, 'a', NOW + HOUR)).toEqual({ kind: 'trial', why: open.why });
    expect(takeTrial(open, 'a', NOW + 2 * HOUR, NOW + HOUR)).toEqual({
      state: 'half-open',
      trial: 'a',
      until: NOW + 2 * HOUR,
      why: open.why,
    });
  });

  it('learns nothing from an incident that acted before it opened', () => {
    expect(learn(open, 'a', 'healed', settings, NOW)).toBe(open);
    expect(learn(open, 'a', 'failed', settings, NOW)).toBe(open);
  });
});

describe('a half-open circuit breaker', () => {
  it('lets its trial go on and blocks the others', () => {
    expect(passage(trying, 'b', NOW)).toEqual({ kind: 'trial', why: open.why });
    expect(passage(trying, 'a', NOW)).toEqual({
      kind: 'blocked',
      until: NOW + HOUR,
      why: 'incident b is the trial after: 3 repairs in a row failed',
    });
    expect(takeTrial(trying, 'a', NOW + HOUR, NOW)).toBeUndefined();
  });

  it('gives the trial of a crashed incident to another once it has lapsed', () => {
    expect(takeTrial(trying, 'a', NOW + 2 * HOUR, NOW + HOUR)).toMatchObject({ state: 'half-open', trial: 'a' });
  });

  it('closes when the trial heals, opens anew when it fails, and minds no other', () => {
    expect(learn(trying, 'b', 'healed', settings, NOW)).toEqual(closedBreaker);
    expect(learn(trying, 'b', 'failed', settings, NOW + MINUTE)).toEqual({
      state: 'open',
      since: NOW + MINUTE,
      until: NOW + MINUTE + HOUR,
      why: 'the trial failed; before it: 3 repairs in a row failed',
    });
    expect(learn(trying, 'a', 'healed', settings, NOW)).toBe(trying);
  });
});

describe('a circuit breaker that a person holds', () => {
  it('blocks without end and learns nothing', () => {
    expect(passage(held, 'a', NOW + 1_000 * HOUR)).toEqual({ kind: 'blocked', why: 'held by Anna: the new release' });
    expect(learn(held, 'a', 'healed', settings, NOW)).toBe(held);
    expect(takeTrial(held, 'a', NOW + HOUR, NOW)).toBeUndefined();
  });
});

describe('a trial that is given back', () => {
  it('is the next one’s at once', () => {
    const returned = returnTrial(trying, 'b', NOW);
    expect(passage(returned, 'c', NOW)).toEqual({ kind: 'trial', why: open.why });
    expect(takeTrial(returned, 'c', NOW + HOUR, NOW)).toMatchObject({ state: 'half-open', trial: 'c' });
  });

  it('is its own alone, and changes no other breaker', () => {
    const lapsed: Breaker = { ...trying, until: NOW };
    for (const breaker of [closedBreaker, open, held, lapsed]) expect(returnTrial(breaker, 'b', NOW)).toBe(breaker);
    expect(returnTrial(trying, 'a', NOW)).toBe(trying);
  });
});
