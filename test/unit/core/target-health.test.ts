import { describe, expect, it } from 'vitest';
import { symptomOfTarget, unhealthyOf, worstHealth } from '../../../lambdas/core/target-health.ts';

describe('the symptom of one target of a load balancer', () => {
  it.each([
    ['healthy', 'gone', undefined],
    ['unhealthy', 'present', undefined],
    ['initial', 'unknown', undefined],
    ['unavailable', 'unknown', undefined],
    ['draining', 'unknown', true],
    ['unused', 'unknown', true],
    [undefined, 'unknown', true],
  ] as const)('that is %s is %s', (health, kind, silent) => {
    const { why, ...read } = symptomOfTarget(health);
    expect(read).toEqual({ kind, ...(silent && { silent }) });
    expect(why).toContain(health === undefined ? 'not registered' : health);
  });
});

it('an instance with several ports is as well as its worst one, in whatever order they are listed', () => {
  expect(worstHealth(undefined, 'healthy')).toBe('healthy');
  expect(worstHealth('healthy', 'unhealthy')).toBe('unhealthy');
  expect(worstHealth('unhealthy', 'healthy')).toBe('unhealthy');
  expect(worstHealth('draining', 'initial')).toBe('initial');
  expect(worstHealth('unused', 'healthy')).toBe('unused');
});

it('only what was found unhealthy is unhealthy', () => {
  const health = new Map([
    ['i-1', 'healthy'],
    ['i-2', 'unhealthy'],
    ['i-3', 'draining'],
  ] as const);
  expect(unhealthyOf(health)).toEqual(['i-2']);
});
