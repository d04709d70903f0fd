import { describe, expect, it } from 'vitest';
import { judgeProbe, type ProbeStep, probeSteps, stepLimitMilliseconds } from '../../../lambdas/core/probe.ts';

const upTo = (last: ProbeStep) => probeSteps.slice(0, probeSteps.indexOf(last) + 1).map((step) => ({ step, ok: true, milliseconds: 10 }));

describe('a probe', () => {
  it('finds the database reachable when the query was answered, and takes the time of all steps', () => {
    expect(judgeProbe(upTo('query'))).toEqual({ reachable: true, latencyMilliseconds: 50, why: 'the query was answered after 50 ms' });
  });

  it.each(probeSteps)('names %s when it failed there', (step) => {
    const before = upTo(step).slice(0, -1);
    const verdict = judgeProbe([...before, { step, ok: false, milliseconds: 5_000, why: 'no answer' }]);
    expect(verdict).toMatchObject({ reachable: false, failedStep: step, why: `${step} failed after 5000 ms: no answer` });
  });

  it.each([
    [[], 'name'],
    [upTo('tcp'), 'tls'],
    [upTo('login'), 'query'],
  ] as const)('never finds a database reachable before its query was answered', (results, failedStep) => {
    expect(judgeProbe(results)).toMatchObject({ reachable: false, failedStep });
  });

  it('ends within the time of its function, however slow each step is', () => {
    expect(Object.values(stepLimitMilliseconds).reduce((sum, limit) => sum + limit)).toBeLessThan(50_000);
  });
});
