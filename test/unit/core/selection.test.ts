import { INSTANCE_ID } from '@self-healing/simulation/builders.ts';
import { expect, it } from 'vitest';
import type { Group } from '../../../lambdas/core/policy.ts';
import { GROUP_TAG, isOf } from '../../../lambdas/core/selection.ts';

it.each<[string, Group, boolean]>([
  ['is of the group with its tag', { kind: 'tagged', name: 'Web', key: 'Team', value: 'shop' }, true],
  ['is not of the group with another value of it', { kind: 'tagged', name: 'Web', key: 'Team', value: 'bank' }, false],
  ['is of the Auto Scaling group that tags it', { kind: 'auto-scaling-group', name: 'web' }, true],
  ['is not of another Auto Scaling group', { kind: 'auto-scaling-group', name: 'shop' }, false],
  ['is of a list that names it', { kind: 'instances', name: 'Given', ids: ['i-00000001', INSTANCE_ID] }, true],
  ['is not of a list that does not', { kind: 'instances', name: 'Given', ids: ['i-00000001'] }, false],
  ['is its own group', { kind: 'single', target: { kind: 'instance', id: INSTANCE_ID } }, true],
  ['is not of the group that another instance is', { kind: 'single', target: { kind: 'instance', id: 'i-00000001' } }, false],
  ['is not of the group that a database is', { kind: 'single', target: { kind: 'database', id: INSTANCE_ID } }, false],
  ['is not of the group that an Auto Scaling group is', { kind: 'single', target: { kind: 'auto-scaling-group', name: 'web' } }, false],
])('an instance %s', (_, group, isMember) => {
  expect(isOf(group, { id: INSTANCE_ID, tags: { Team: 'shop', [GROUP_TAG]: 'web' } })).toBe(isMember);
});
