import { anAttempt } from '@self-healing/simulation/builders.ts';
import { expect, it } from 'vitest';
import { attemptToken, isOnTarget, mayHaveChanged } from '../../../lambdas/core/incident.ts';

it.each([
  [undefined, true, true],
  ['recovered', true, true],
  ['not-recovered', true, true],
  ['failed', true, true],
  ['interrupted', true, true],
  ['not-applicable', true, false],
  ['not-taken', false, false],
] as const)('an attempt with the result %s touched its target: %s, and may have changed it: %s', (result, touched, changed) => {
  const attempt = anAttempt(result && { result });
  expect([isOnTarget(attempt), mayHaveChanged(attempt)]).toEqual([touched, changed]);
  expect([isOnTarget({ ...attempt, acts: false }), mayHaveChanged({ ...attempt, acts: false })]).toEqual([false, false]);
});

it('an attempt is named after its incident and rung, in no more than Run Command takes', () => {
  expect(attemptToken('a'.repeat(64), 9)).toBe(`${'a'.repeat(64)}-9`);
});
