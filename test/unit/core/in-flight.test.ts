import { anAttempt, aQuestion, MINUTE, NOW, SECOND } from '@self-healing/simulation/builders.ts';
import { describe, expect, it } from 'vitest';
import { actInFlight } from '../../../lambdas/core/guardrails/act-in-flight.ts';
import { allLandedAt } from '../../../lambdas/core/in-flight.ts';
import type { Attempt } from '../../../lambdas/core/incident.ts';

/** Written four minutes ago. */
const flying = anAttempt({ longest: { minutes: 5 } });
const isInFlight = (attempt: Attempt, now: number) => allLandedAt([attempt], now) !== undefined;

describe('an act is in flight', () => {
  it('from its writing until its longest time has passed, with a receipt or without one', () => {
    expect(isInFlight(flying, NOW)).toBe(true);
    expect(isInFlight({ ...flying, receipt: { commandId: 'c' } }, NOW)).toBe(true);
    expect(isInFlight(flying, NOW + MINUTE - 1)).toBe(true);
    expect(isInFlight(flying, NOW + MINUTE)).toBe(false);
  });

  it.each(['recovered', 'not-recovered', 'failed', 'interrupted', 'not-applicable', 'not-taken'] as const)(
    'no more once it was judged as %s',
    (result) => {
      expect(isInFlight({ ...flying, result }, NOW)).toBe(false);
    },
  );

  it('never where nothing is changed, or where an earlier version did not say how long it takes', () => {
    expect(isInFlight({ ...flying, acts: false }, NOW)).toBe(false);
    expect(isInFlight(anAttempt(), NOW)).toBe(false);
  });

  it('of several until the last has landed', () => {
    const longer = { ...flying, longest: { minutes: 7 } };
    expect(allLandedAt([longer, flying, { ...longer, result: 'failed' }], NOW)).toBe(NOW + 3 * MINUTE);
    expect(allLandedAt([flying], NOW + MINUTE)).toBeUndefined();
    expect(allLandedAt([], NOW)).toBeUndefined();
  });
});

describe('beside an act in flight', () => {
  it('nothing acts on the target, whatever incident it is of and whoever holds the lease', () => {
    const history = [{ ...flying, incident: 'b'.repeat(64), policy: 'Web-disk', token: 'other' }];
    expect(actInFlight(aQuestion({ snapshot: { history } }))).toMatchObject({
      kind: 'wait',
      reason: 'target-busy',
      until: NOW + 30 * SECOND,
    });
    expect(actInFlight(aQuestion({ snapshot: { history }, now: NOW + 50 * SECOND }))).toMatchObject({ until: NOW + MINUTE });
    expect(actInFlight(aQuestion({ snapshot: { history }, now: NOW + MINUTE }))).toBeUndefined();
  });
});
