import { MINUTE, NOW } from '@self-healing/simulation/builders.ts';
import { runs } from '@self-healing/simulation/random-input.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Progress, type SymptomReading, verify } from '../../lambdas/core/verification.ts';

const why = fc.constant('as it was seen');
const progresses: fc.Arbitrary<Progress> = fc.oneof(
  fc.record({ kind: fc.constant('done' as const), targetReplaced: fc.boolean() }),
  fc.record({ kind: fc.constantFrom('running' as const, 'failed' as const, 'unknown' as const), why }),
);
const readings: fc.Arbitrary<SymptomReading> = fc.record({
  kind: fc.constantFrom('present' as const, 'gone' as const, 'unknown' as const),
  why,
  silent: fc.boolean(),
});
const offsets = fc.integer({ min: -10, max: 10 }).map((minutes) => minutes * MINUTE);

describe('whatever is read', () => {
  it('nothing is judged in flight, and nothing recovered but a symptom that is gone or the silence of a target that was replaced on purpose', () => {
    fc.assert(
      fc.property(progresses, readings, offsets, offsets, offsets, (progress, reading, left, since, flies) => {
        const times = {
          verifyBy: NOW + left,
          flightEnds: NOW + flies,
          goneSince: NOW + since,
          probation: { minutes: 3 },
          lookEvery: { seconds: 30 },
        };
        const answer = verify(progress, reading, times, NOW);
        const isReplaced =
          progress.kind === 'done' && progress.targetReplaced === true && reading.kind === 'unknown' && reading.silent === true;
        const inFlight = flies > 0;
        const mayRecover = (reading.kind === 'gone' && (progress.kind !== 'running' || !inFlight)) || isReplaced;
        expect(answer.kind === 'recovered' || 'goneSince' in answer).toBe(mayRecover);
        if (answer.kind === 'recovered') expect(since).toBeLessThanOrEqual(-3 * MINUTE);
        if (inFlight && (progress.kind === 'running' || progress.kind === 'unknown')) expect(answer.kind).toBe('not-yet');
        if (answer.kind === 'not-yet') expect(answer.lookAgainAt).toBeGreaterThan(NOW);
      }),
      { numRuns: runs(1_000) },
    );
  });
});
