import { describe, expect, it } from 'vitest';
import { targetInWords, targetKey, targetSchema } from '../../../lambdas/core/target.ts';

describe('a target', () => {
  it.each([
    [{ kind: 'instance', id: 'i-0aaaabbbbccccdddd' } as const, 'instance#i-0aaaabbbbccccdddd', 'instance i-0aaaabbbbccccdddd'],
    [{ kind: 'instance', id: 'i-0aaaabbb' } as const, 'instance#i-0aaaabbb', 'instance i-0aaaabbb'],
    [{ kind: 'auto-scaling-group', name: 'web blue' } as const, 'auto-scaling-group#web blue', 'Auto Scaling group web blue'],
    [{ kind: 'database', id: 'orders-2' } as const, 'database#orders-2', 'database orders-2'],
    [{ kind: 'database-cluster', id: 'orders' } as const, 'database-cluster#orders', 'database cluster orders'],
  ])('%o is accepted, keyed and put into words', (target, key, words) => {
    expect(targetSchema.parse(target)).toEqual(target);
    expect(targetKey(target)).toBe(key);
    expect(targetInWords(target)).toBe(words);
  });

  it.each([
    ['shell syntax behind an instance id', { kind: 'instance', id: 'i-0aaaabbbbccccdddd; rm -rf /' }],
    ['a command substitution', { kind: 'instance', id: '$(reboot)' }],
    ['a line break behind an instance id', { kind: 'instance', id: 'i-0aaaabbbbccccdddd\n' }],
    ['the word "all"', { kind: 'instance', id: 'all' }],
    ['an asterisk', { kind: 'instance', id: '*' }],
    ['an empty id', { kind: 'instance', id: '' }],
    ['no id', { kind: 'instance' }],
    ['a list of ids', { kind: 'instance', id: ['i-0aaaabbbbccccdddd'] }],
    ['a control character in a group name', { kind: 'auto-scaling-group', name: 'web\u0007' }],
    ['a database id with two hyphens in a row', { kind: 'database', id: 'orders--2' }],
    ['a database id that begins with a digit', { kind: 'database', id: '2-orders' }],
    ['a further key', { kind: 'database', id: 'orders', force: true }],
    ['an unknown kind', { kind: 'account', id: 'orders' }],
  ])('is refused with %s', (_, value) => {
    expect(targetSchema.safeParse(value).success).toBe(false);
  });
});
