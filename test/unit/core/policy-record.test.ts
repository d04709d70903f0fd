import { createHash } from 'node:crypto';
import { aPolicy, MINUTE, NOW } from '@self-healing/simulation/builders.ts';
import { describe, expect, it } from 'vitest';
import { agrees, canonical, digested, isUnderWay, type PolicyRecord, policyRecordName } from '../../../lambdas/core/policy-record.ts';

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

it('agrees only where each of several values is the one that was known at deployment', () => {
  const paths = [path, ['name']];
  const digest = digestOf(String(digested(deployed, paths)));
  const [id, name] = ['i-0aaaabbbbccccdddd', 'Web-memory'];
  const withValues = (first: unknown, second: unknown) =>
    agrees(
      deployed,
      {
        digest,
        values: [
          [path, first],
          [['name'], second],
        ] as never,
      },
      digestOf,
    );
  expect(withValues(id, name)).toBe(true);
  expect(withValues(id, 'Web-disk')).toBe(false);
  expect(withValues('i-0eeeeffff00001111', name)).toBe(false);
});

it('a value that is too deep to be compared agrees with nothing', () => {
  const deep = { ...deployed, name: nested(60) };
  expect(agrees(deep, { digest: digestOf(String(digested(deep, [['name']]))), values: [[['name'], nested(60)]] }, digestOf)).toBe(false);
});

it.each<[string, unknown]>([
  ['null', null],
  ['a text', 'target'],
  ['a list', ['target']],
])('a policy with %s on the way to a value does not agree', (_, targets) => {
  const other = { ...deployed, targets };
  expect(agrees(other, { ...record, digest: digestOf(String(digested(other, [path]))) }, digestOf)).toBe(false);
});

it.each<[string, unknown, readonly (string | number)[], string]>([
  ['a field', { b: 2, a: { c: 1, d: 2 } }, ['a', 'c'], '{"a":{"c":null,"d":2},"b":2}'],
  ['a place in a list', { a: [1, { b: 2 }, 3] }, ['a', 1], '{"a":[1,null,3]}'],
  ['a field in a list', { a: [{ b: 1 }, { b: 2 }] }, ['a', 1, 'b'], '{"a":[{"b":1},{"b":null}]}'],
  ['nothing, where there is no such field', { a: 1 }, ['b', 'c'], '{"a":1}'],
  ['nothing, where a text stands in the way', { a: 'bcd' }, ['a', 0], '{"a":"bcd"}'],
])('the digest leaves out the value of a path: %s', (_, policy, at, text) => {
  expect(digested(policy, [[...at]])).toBe(text);
});

it('the canonical text has the fields in order, and none without a value', () => {
  expect(canonical({ b: undefined, c: null, a: 'x', B: 1, 10: 2, 9: 3 })).toBe('{"10":2,"9":3,"B":1,"a":"x","c":null}');
});

it('a record stands under the name of its pipeline and policy', () => {
  expect(policyRecordName('healing', 'Web-memory')).toBe('/self-healing/healing/policies/Web-memory');
});

it('what is too deep has no canonical text, and is not followed to its end', () => {
  expect(canonical(nested(10))).toBe('[[[[[[[[[[1]]]]]]]]]]');
  expect(canonical(nested(50))).toBe(`${'['.repeat(50)}1${']'.repeat(50)}`);
  expect(canonical(nested(51))).toBeUndefined();
  expect(canonical({ deep: nested(50), flat: 1 })).toBeUndefined();
  expect(canonical([1, nested(50)])).toBeUndefined();
  expect(canonical(nested(10_000))).toBeUndefined();
});

it('a deployment is under way for ten minutes after the record of a policy that is not the same', () => {
  expect(isUnderWay({ kind: 'changed', recordedAt: NOW - 9 * MINUTE }, NOW)).toBe(true);
  expect(isUnderWay({ kind: 'changed', recordedAt: NOW - 10 * MINUTE }, NOW)).toBe(false);
  expect(isUnderWay({ kind: 'unknown' }, NOW)).toBe(false);
});
