import { aPolicy, aRung } from '@self-healing/simulation/builders.ts';
import { describe, expect, it } from 'vitest';
import type { Policy } from '../../../lambdas/core/policy.ts';
import { refuseEndless } from '../../../lib/execution-length.ts';

const ladder = ['nginx', 'redis', 'php'].map((service) => aRung({ params: { service } }));
const refusal =
  (given: Partial<Policy>, guardrails: Partial<Policy['guardrails']> = {}) =>
  () =>
    refuseEndless(aPolicy({ ladder, guardrails, ...given }));
const within = (hours: number) => ({ approval: { within: { hours }, approvers: 1 } });
const waiting = (hours: number) => ({ waitAtMost: { hours }, lookEvery: { minutes: 5 } });

describe('an incident ends before its workflow does', () => {
  it('as far as a policy keeps to the defaults', () => {
    expect(refusal({})).not.toThrow();
  });

  it('with every question answered at the last moment', () => {
    expect(refusal({ mode: 'approval', ...within(12) })).toThrow(
      'policy.approval.within: 43200 s is not allowed: questions about all rungs may take 129600 s',
    );
    expect(refusal({ mode: 'approval', ...within(8) })).toThrow('policy.approval.within');
    expect(refusal({ mode: 'approval', ...within(7) })).not.toThrow();
  });

  it('where a demotion may make it ask; in shadow nobody is asked', () => {
    expect(refusal({ mode: 'automatic', ...within(12) })).toThrow('policy.approval.within');
    expect(refusal({ mode: 'shadow', ...within(12) })).not.toThrow();
  });

  it('of rungs that change nothing nobody is asked', () => {
    const [first, ...others] = ladder;
    const waits = others.map((rung) => ({ ...rung, remedy: 'wait-and-see', params: {}, acts: false }));
    expect(refusal({ ladder: [first as (typeof ladder)[number], ...waits], mode: 'approval', ...within(12) })).not.toThrow();
  });

  it('with a wait before each rung and one after the last', () => {
    expect(refusal({}, waiting(6))).toThrow('policy.guardrails.waitAtMost: 21600 s is not allowed');
    expect(refusal({}, waiting(5))).not.toThrow();
    expect(refusal({ ladder: ladder.slice(0, 1) }, waiting(11))).not.toThrow();
  });

  it('with waits and questions together', () => {
    expect(refusal({ mode: 'approval', ...within(4) }, waiting(3))).toThrow('policy.guardrails.waitAtMost');
    expect(refusal({ mode: 'approval', ...within(4) }, waiting(2))).not.toThrow();
  });
});
