import { aPolicy, aRung, someGuardrails } from '@self-healing/simulation/builders.ts';
import { describe, expect, it } from 'vitest';
import { groupKey, policySchema } from '../../../lambdas/core/policy.ts';

describe('a policy', () => {
  it('is accepted as the builders make it', () => {
    expect(policySchema.parse(aPolicy())).toEqual(aPolicy());
  });

  it.each([
    ['an empty ladder', { ladder: [] }, 'ladder'],
    ['eleven rungs', { ladder: Array.from({ length: 11 }, () => aRung()) }, 'ladder'],
    ['an unknown key', { retries: 3 }, ''],
    ['a name with a space', { name: 'Web memory' }, 'name'],
    ['an instance id that is none', { targets: { kind: 'fixed', target: { kind: 'instance', id: 'i-1; reboot' } } }, 'targets.target.id'],
    ['no instance in a list of instances', { group: { kind: 'instances', name: 'Web', ids: [] } }, 'group.ids'],
    [
      'a blast radius of 0 %',
      { guardrails: someGuardrails({ blastRadius: { percent: 0, members: 1, zonePercent: 10 } }) },
      'guardrails.blastRadius.percent',
    ],
    [
      'a blast radius of 101 %',
      { guardrails: someGuardrails({ blastRadius: { percent: 101, members: 1, zonePercent: 10 } }) },
      'guardrails.blastRadius.percent',
    ],
    [
      'no members in the blast radius',
      { guardrails: someGuardrails({ blastRadius: { percent: 10, members: 0, zonePercent: 10 } }) },
      'guardrails.blastRadius.members',
    ],
    ['no attempts', { guardrails: someGuardrails({ attempts: { most: 0, per: { hours: 1 } } }) }, 'guardrails.attempts.most'],
    ['101 attempts', { guardrails: someGuardrails({ attempts: { most: 101, per: { hours: 1 } } }) }, 'guardrails.attempts.most'],
    ['a bare number as a duration', { probation: 180 }, 'probation'],
    ['a runbook that is no address', { runbook: 'ask Bob' }, 'runbook'],
  ])('is refused with %s, at its path', (_, wrong, path) => {
    const parsed = policySchema.safeParse({ ...aPolicy(), ...wrong });

    expect(parsed.error?.issues.map((issue) => issue.path.join('.'))).toContain(path);
  });

  it.each([
    [{ kind: 'tagged', name: 'Web', key: 'SelfHeal', value: 'enabled' } as const, 'tagged#Web'],
    [{ kind: 'auto-scaling-group', name: 'web' } as const, 'auto-scaling-group#web'],
    [
      { kind: 'instances', name: 'Pair', ids: ['i-0aaaabbbbccccdddd'] } as { kind: 'instances'; name: string; ids: string[] },
      'instances#Pair',
    ],
    [{ kind: 'single', target: { kind: 'database', id: 'orders' } } as const, 'single#database#orders'],
    [{ kind: 'single', target: { kind: 'auto-scaling-group', name: 'web' } } as const, 'single#auto-scaling-group#web'],
  ])('counts the blast radius of %o under %s', (group, key) => {
    expect(groupKey(group)).toBe(key);
  });
});
