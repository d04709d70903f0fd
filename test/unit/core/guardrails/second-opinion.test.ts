import { aQuestion, MINUTE, NOW } from '@self-healing/simulation/builders.ts';
import { expect, it } from 'vitest';
import { secondOpinion } from '../../../../lambdas/core/guardrails/second-opinion.ts';

it('waits while the second source does not find the target ill, in its words', () => {
  const snapshot = { secondOpinion: { agrees: false, why: 'alarm shop, the second opinion, is OK' } };
  const until = NOW + MINUTE / 2;
  expect(secondOpinion(aQuestion({ snapshot }))).toEqual({
    kind: 'wait',
    reason: 'second-opinion',
    why: snapshot.secondOpinion.why,
    until,
  });
});

it('has nothing against a remedy with which the second source agrees, or before which nobody is asked', () => {
  expect(secondOpinion(aQuestion({ snapshot: { secondOpinion: { agrees: true, why: '' } } }))).toBeUndefined();
  expect(secondOpinion(aQuestion())).toBeUndefined();
});
