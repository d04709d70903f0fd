import { aGroup, aMember, anInstance } from '@self-healing/simulation/accounts.ts';
import { INSTANCE_ID } from '@self-healing/simulation/builders.ts';
import { fakePorts } from '@self-healing/simulation/doubles/fake-ports.ts';
import { describe, expect, it } from 'vitest';
import { remediator } from '../../../lambdas/remediators/replace-instance.ts';

const target = { kind: 'instance', id: INSTANCE_ID } as const;
const params = remediator.params.parse({});
const member = aMember(INSTANCE_ID);
const other = aMember('i-00000001');
const group = aGroup({ members: [member, other] });
const seen = (given: object = {}) => ({ id: INSTANCE_ID, group, member, isRefreshing: false, ...given });

/** Members beside the target, with a desired capacity that counts it. */
function groupOf(...others: readonly (typeof member)[]) {
  return seen({ group: aGroup({ desired: others.length + 1, members: [member, ...others] }) });
}

describe('planning to replace an instance', () => {
  it('replaces one of two members, since half of the capacity stays', () => {
    const plan = remediator.plan(seen(), params);
    expect(plan).toEqual({ id: INSTANCE_ID, group: 'web' });
    expect(remediator.summary(plan)).toBe('have Auto Scaling group web replace the instance');
  });

  const weighing = (weight: number, id = INSTANCE_ID) => aMember(id, { weight });
  it('counts the capacity that is left by weight, not by heads', () => {
    const members = [weighing(8), weighing(8, 'i-00000001')];
    const observed = seen({ member: weighing(8), group: aGroup({ desired: 16, members }) });
    expect(remediator.plan(observed, params)).toEqual({ id: INSTANCE_ID, group: 'web' });
    const heavy = seen({ member: weighing(12), group: aGroup({ desired: 16, members: [weighing(12), weighing(4, 'i-00000001')] }) });
    expect(remediator.plan(heavy, params)).toEqual({
      refusal: 'unsafe-to-act',
      why: '4 healthy units would be left in service; 8 are needed',
    });
    expect(remediator.assess({ id: INSTANCE_ID, group: 'web' }, { ...observed, group: aGroup({ desired: 16, members }) })).toMatchObject({
      kind: 'running',
    });
    const after = {
      id: INSTANCE_ID,
      isRefreshing: false,
      group: aGroup({ desired: 16, members: [weighing(8, 'i-1'), weighing(8, 'i-2')] }),
    };
    expect(remediator.assess({ id: INSTANCE_ID, group: 'web' }, after)).toMatchObject({ detail: '16 of 16 units are in service' });
  });

  it('does not apply to an instance in no group', () => {
    expect(remediator.plan({ id: INSTANCE_ID, isRefreshing: false }, params)).toMatchObject({ refusal: 'not-applicable' });
  });

  const sick = (id: string) => aMember(id, { healthy: false });
  it.each([
    ['is the only member', groupOf(), 0, '0 healthy members would be left in service; 1 are needed'],
    ['is the last healthy one', groupOf(sick('i-00000001')), 0, '0 healthy members would be left in service; 1 are needed'],
    [
      'is one of too few healthy ones',
      groupOf(other, sick('i-00000002'), sick('i-00000003')),
      50,
      '1 healthy members would be left in service; 2 are needed',
    ],
    ['is in a group that must stay whole', seen(), 100, '1 healthy members would be left in service; 2 are needed'],
  ])('refuses as unsafe when the instance %s', (_, observed, minHealthyPercent, why) => {
    expect(remediator.plan(observed, { minHealthyPercent })).toEqual({ refusal: 'unsafe-to-act', why });
  });

  it.each([
    ['it was put aside', seen({ member: aMember(INSTANCE_ID, { lifecycle: 'Standby' }) }), 'has it in Standby'],
    ['it still starts', seen({ member: aMember(INSTANCE_ID, { lifecycle: 'Pending:Wait' }) }), 'has it in Pending:Wait'],
    ['it is being ended', seen({ member: aMember(INSTANCE_ID, { lifecycle: 'Terminating' }) }), 'has it in Terminating'],
    ['it is protected', seen({ member: aMember(INSTANCE_ID, { protectedFromScaleIn: true }) }), 'protected from scale-in'],
    ['another member is launched', groupOf(other, aMember('i-00000002', { lifecycle: 'Pending' })), 'i-00000002, is Pending'],
    ['another member is ended', groupOf(other, aMember('i-00000002', { lifecycle: 'Terminating:Wait' })), 'is Terminating:Wait'],
    ['the group is refreshed', seen({ isRefreshing: true }), 'an instance refresh of the group is under way'],
    ['replacing is suspended', seen({ group: { ...group, suspended: ['ReplaceUnhealthy'] } }), 'ReplaceUnhealthy is suspended'],
    [
      'new members would get no requests',
      seen({ group: { ...group, suspended: ['AddToLoadBalancer'] } }),
      'AddToLoadBalancer is suspended',
    ],
    [
      'members do not tell what they count for',
      seen({ group: { ...group, countedIn: 'memory-mib' } }),
      'counts its capacity in memory-mib',
    ],
    ['launching is suspended', seen({ group: { ...group, suspended: ['Launch'] } }), 'Launch is suspended'],
  ])('refuses as unsafe when %s', (_, observed, why) => {
    expect(remediator.plan(observed, params)).toEqual({ refusal: 'unsafe-to-act', why: expect.stringContaining(why) });
  });

  it('is not held up by a member that was put aside, or by a suspended process that it does not need', () => {
    const aside = aMember('i-00000002', { lifecycle: 'Standby' });
    const observed = seen({ group: { ...group, members: [member, other, aside], suspended: ['AZRebalance'] } });
    expect(remediator.plan(observed, params)).toEqual({ id: INSTANCE_ID, group: 'web' });
  });

  it('finds the group by the tag that Auto Scaling sets', async () => {
    const { ports, account } = fakePorts();
    account.instances.set(INSTANCE_ID, anInstance({ tags: { 'aws:autoscaling:groupName': 'web' } }));
    account.groups.set('web', group);
    account.refreshing.add('web');
    expect(await remediator.observe(target, params, ports)).toEqual(seen({ isRefreshing: true }));
  });

  it.each([{ minHealthyPercent: 101 }, { decrement: true }])('refuses the parameters %o', (given) => {
    expect(remediator.params.safeParse(given).success).toBe(false);
  });
});

describe('assessing the replacement of an instance', () => {
  const plan = { id: INSTANCE_ID, group: 'web' };
  const later = (...members: readonly (typeof member)[]) => {
    const own = members.find(({ id }) => id === INSTANCE_ID);
    return { id: INSTANCE_ID, group: aGroup({ members }), isRefreshing: false, ...(own && { member: own }) };
  };
  const fresh = aMember('i-00000009');
  const leaving = aMember(INSTANCE_ID, { lifecycle: 'Terminating', healthy: false });

  it.each([
    ['it is gone', later(other, fresh)],
    ['it is on its way out', later(leaving, other, fresh)],
  ])('is done, with the target replaced, when %s and the capacity is back', (_, observed) => {
    expect(remediator.assess(plan, observed)).toEqual({ kind: 'done', detail: '2 of 2 instances are in service', targetReplaced: true });
  });

  it.each([
    ['the group has not begun', later(aMember(INSTANCE_ID, { healthy: false }), other), 'has not taken the instance out of service'],
    ['it is in service beside its successor', later(aMember(INSTANCE_ID, { healthy: false }), other, fresh), 'has not taken the instance'],
    ['its successor starts', later(other, aMember('i-00000009', { lifecycle: 'Pending' })), '1 of 2 instances are in service'],
    ['its successor is not there', later(leaving, other), '1 of 2 instances are in service'],
  ])('is running while %s', (_, observed, why) => {
    expect(remediator.assess(plan, observed)).toEqual({ kind: 'running', why: expect.stringContaining(why) });
  });

  it('failed when the group was deleted', () => {
    expect(remediator.assess(plan, { id: INSTANCE_ID, isRefreshing: false }).kind).toBe('failed');
  });

  it('looks the group up by its name, since a terminated instance loses its tags', async () => {
    const { ports, account } = fakePorts();
    account.groups.set('web', group);
    const receipt = await remediator.execute({ target, plan, token: 't', document: '' }, ports);
    expect(await remediator.observe(target, params, ports, receipt)).toMatchObject({ member: { id: INSTANCE_ID, healthy: false } });
  });
});
