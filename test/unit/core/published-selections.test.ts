import { INSTANCE_ID, someFacts } from '@self-healing/simulation/builders.ts';
import { describe, expect, it } from 'vitest';
import type { TargetFacts } from '../../../lambdas/core/guardrails/guardrail.ts';
import type { Group } from '../../../lambdas/core/policy.ts';
import { covers, needsMembers, parseSelections, protectorBefore, selectionsName } from '../../../lambdas/core/published-selections.ts';
import { GROUP_TAG } from '../../../lambdas/core/selection.ts';
import type { Target } from '../../../lambdas/core/target.ts';

const instance: Target = { kind: 'instance', id: INSTANCE_ID };
const group: Target = { kind: 'auto-scaling-group', name: 'shop' };
const cluster: Target = { kind: 'database-cluster', id: 'orders' };
const database: Target = { kind: 'database', id: 'orders-1' };

const member: Partial<TargetFacts> = { tags: { Team: 'shop', [GROUP_TAG]: 'shop' }, container: group };
const tagged: Group = { kind: 'tagged', name: 'Web', key: 'Team', value: 'shop' };
const scaled: Group = { kind: 'auto-scaling-group', name: 'shop' };
const given: Group = { kind: 'instances', name: 'Given', ids: [INSTANCE_ID] };
const single = (target: Target): Group => ({ kind: 'single', target });

describe('what another pipeline protects', () => {
  it.each<[string, Group, Target, Partial<TargetFacts>]>([
    ['an instance with its tag', tagged, instance, member],
    ['a member of its group', scaled, instance, member],
    ['an instance that it names', given, instance, member],
    ['an instance that is its one target', single(instance), instance, member],
    ['a member of the group that is its one target', single(group), instance, member],
    ['the group that it protects', scaled, group, {}],
    ['the group that is its one target', single(group), group, {}],
    ['a group with its tag', tagged, group, { tags: { Team: 'shop' } }],
    ['a group that has an instance of its own', { ...given, ids: ['i-00000001', INSTANCE_ID] }, group, { contains: [INSTANCE_ID] }],
    ['a group that has its one target', single(instance), group, { contains: [INSTANCE_ID] }],
    ['the database that is its one target', single(database), database, {}],
    ['a member of its cluster', single(cluster), database, { container: cluster }],
    ['the cluster that has its database', single(database), cluster, { contains: ['orders-1'] }],
  ])('covers %s', (_, selection, target, facts) => {
    expect(covers(selection, target, { ...someFacts, ...facts })).toBe(true);
  });

  it.each<[string, Group, Target, Partial<TargetFacts>]>([
    ['an instance with another value of the tag', tagged, instance, { tags: { Team: 'bank' } }],
    ['an instance of another group', scaled, instance, { tags: { [GROUP_TAG]: 'other' } }],
    ['an instance that it does not name', { ...given, ids: ['i-00000001'] }, instance, member],
    ['another group', scaled, { kind: 'auto-scaling-group', name: 'other' }, {}],
    ['a group with another value of its tag', tagged, group, { tags: { Team: 'bank' } }],
    ['a group without one of its instances', given, group, { contains: ['i-00000001'] }],
    ['a group of which it has no instance, by a tag', tagged, group, { contains: [INSTANCE_ID] }],
    ['an instance, by another target that it has alone', single(database), instance, member],
    ['a database of that name', single(cluster), { kind: 'database', id: 'orders' }, {}],
    ['a database, by a tag', tagged, database, { tags: { Team: 'shop' } }],
  ])('does not cover %s', (_, selection, target, facts) => {
    expect(covers(selection, target, { ...someFacts, ...facts })).toBe(false);
  });

  it('covers a group of which a machine has its tag, which the group itself need not have', () => {
    const facts = { ...someFacts, contains: [INSTANCE_ID] };
    const machine = (Team: string) => [{ id: INSTANCE_ID, tags: { Team } }];
    expect([covers(tagged, group, facts, machine('shop')), covers(tagged, group, facts, machine('bank'))]).toEqual([true, false]);
    const published = [{ pipeline: 'bank', selections: [tagged] }];
    expect(protectorBefore('shop', published, group, facts, machine('shop'))).toBe('bank');
  });

  it('need not know the machines of a group unless a pipeline before has a fleet by its tag', () => {
    const by = (...selections: readonly Group[]) => [{ pipeline: 'bank', selections }];
    expect(needsMembers('shop', by(given, tagged), group)).toBe(true);
    expect(needsMembers('audit', by(tagged), group)).toBe(false);
    expect(needsMembers('shop', by(given, scaled), group)).toBe(false);
    expect(needsMembers('shop', by(tagged), instance)).toBe(false);
  });

  it('belongs to the pipeline whose name comes first, of all that protect the target', () => {
    const published = ['shop', 'bank', 'audit'].map((pipeline) => ({ pipeline, selections: [tagged, given] }));
    expect(protectorBefore('shop', published, instance, someFacts)).toBe('audit');
    expect(protectorBefore('bank', published, instance, someFacts)).toBe('audit');
    expect(protectorBefore('audit', published, instance, someFacts)).toBeUndefined();
    expect(protectorBefore('shop', published, database, someFacts)).toBeUndefined();
  });

  it('is read as it was written', () => {
    expect(parseSelections(selectionsName('bank', 2), JSON.stringify([tagged, given]))).toEqual({
      pipeline: 'bank',
      selections: [tagged, given],
    });
  });

  it.each([
    ['a kind that this version does not know', JSON.stringify([{ kind: 'of-tomorrow' }, given]), [given]],
    ['no list', '{}', []],
    ['no JSON', 'protects all', []],
  ])('is read as far as it is understood: %s', (_, value, selections) => {
    expect(parseSelections(selectionsName('bank', 1), value)).toEqual({ pipeline: 'bank', selections });
  });

  it('is not read from a parameter of another name', () => {
    expect(parseSelections('/self-healing/bank/register', '[]')).toBeUndefined();
    expect(parseSelections('/self-healing-protects/bank', '[]')).toBeUndefined();
  });
});
