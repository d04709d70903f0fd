import { createHash } from 'node:crypto';
import { aPolicy, MINUTE, NOW } from '@self-healing/simulation/builders.ts';
import { describe, expect, it } from 'vitest';
import { agrees, canonical, digested, isUnderWay, type PolicyRecord } from '../../../lambdas/core/policy-record.ts';

const digestOf = (text: string) => createHash('sha256').update(text).digest('hex');
const [rung] = aPolicy().ladder;
const deployed = aPolicy({
  targets: { kind: 'fixed', target: { kind: 'instance', id: 'i-0aaaabbbbccccdddd' } },
  ladder: [rung, { ...rung, remedy: 'restart-instance' }] as never,
});
const path = ['targets', 'target', 'id'];
const record: PolicyRecord = { digest: digestOf(String(digested(deployed, [path]))), values: [[path, 'i-0aaaabbbbccccdddd']] };
const arrived = (change: (policy: Record<string, unknown>) => void) => {
  const policy = JSON.parse(JSON.stringify(deployed));
  change(policy);
  return policy;
};
const nested = (levels: number) => JSON.parse(`${'['.repeat(levels)}1${']'.repeat(levels)}`);

describe('a policy agrees with its record', () => {
  it('as it was deployed, whatever the order of its keys', () => {
    expect(agrees(JSON.parse(JSON.stringify(deployed)), record, digestOf)).toBe(true);
    expect(agrees(Object.fromEntries(Object.entries(deployed).toReversed()), record, digestOf)).toBe(true);
  });

  it.each<[string, (policy: Record<string, unknown>) => void]>([
    ['another mode', (policy) => Object.assign(policy, { mode: 'shadow' })],
    [
      'another value of what was known at deployment only',
      (policy) => Object.assign(policy.targets as object, { target: { kind: 'instance', id: 'i-0eeeeffff00001111' } }),
    ],
    ['no value there at all', (policy) => Object.assign(policy.targets as object, { target: { kind: 'instance' } })],
    ['null in its place', (policy) => Object.assign(policy.targets as object, { target: { kind: 'instance', id: null } })],
    ['a further property', (policy) => Object.assign(policy, { alongside: [] })],
    ['another guardrail', (policy) => Object.assign(policy.guardrails as object, { healthyFloor: { percent: 0 } })],
    ['rungs in another order', (policy) => (policy.ladder as unknown[]).reverse()],
    ['a parameter deeper than any', (policy) => Object.assign((policy.ladder as object[])[0] ?? {}, { params: { deep: nested(5_000) } })],
  ])('but not with %s', (_, change) => {
    expect(agrees(arrived(change), record, digestOf)).toBe(false);
  });
});

it('what is too deep has no canonical text, and is not followed to its end', () => {
  expect(canonical(nested(10))).toBe('[[[[[[[[[[1]]]]]]]]]]');
  expect(canonical(nested(10_000))).toBeUndefined();
});

it('a deployment is under way for ten minutes after the record of a policy that is not the same', () => {
  expect(isUnderWay({ kind: 'changed', recordedAt: NOW - 9 * MINUTE }, NOW)).toBe(true);
  expect(isUnderWay({ kind: 'changed', recordedAt: NOW - 10 * MINUTE }, NOW)).toBe(false);
  expect(isUnderWay({ kind: 'unknown' }, NOW)).toBe(false);
});
