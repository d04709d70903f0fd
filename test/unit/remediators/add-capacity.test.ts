import { aGroup, aGrowth, aMember } from '@self-healing/simulation/accounts.ts';
import { describe, expect, it } from 'vitest';
import type * as z from 'zod';
import { remediator } from '../../../lambdas/remediators/add-capacity.ts';

const withDefaults = (params: z.input<typeof remediator.params>) => remediator.params.parse(params);

/** Members of these weights, whose sum is the desired capacity. */
function mixed(...weights: readonly number[]) {
  const members = weights.map((weight, index) => aMember(`i-0000000${index}`, { weight }));
  return aGroup({
    members,
    min: 1,
    max: 40,
    desired: Math.min(
      16,
      weights.reduce((sum, weight) => sum + weight, 0),
    ),
  });
}

describe('planning to add capacity', () => {
  it.each([
    ['one instance when nothing is said', {}, aGroup(), 3],
    ['the given number', { instances: 2 }, aGroup(), 4],
    ['a share of what there is, rounded up', { percent: 10 }, aGroup(), 3],
    ["no more than the group's maximum", { instances: 9 }, aGroup(), 4],
    ['no more than the ceiling', { instances: 9, ceiling: 3 }, aGroup(), 3],
  ])('adds %s, as an absolute number', (_, params, group, capacity) => {
    expect(remediator.plan(group, withDefaults(params))).toEqual(aGrowth({ capacity }));
  });

  it('raises the minimum with it when asked to, and remembers what was there', () => {
    const plan = remediator.plan(aGroup(), withDefaults({ raiseMinimum: true }));
    expect(plan).toEqual(aGrowth({ minimum: 3 }));
    expect(remediator.summary(plan)).toBe('raise the capacity and the minimum of web to 3');
  });

  it('awaits a growth that is under way instead of adding to it', () => {
    const growing = aGroup({ desired: 3 });
    const plan = remediator.plan(growing, withDefaults({ raiseMinimum: true }));
    expect(plan).toEqual({ name: 'web', capacity: 3, change: false });
    expect(remediator.summary(plan)).toBe('await the growth of web to 3, already under way');
  });

  it.each([
    ['the group is at its maximum', aGroup({ max: 2 }), {}, 'not-applicable'],
    ['the group is at the ceiling', aGroup(), { ceiling: 2 }, 'not-applicable'],
    ['the group does not exist', undefined, {}, 'unsafe-to-act'],
  ])('refuses when %s', (_, group, params, refusal) => {
    expect(remediator.plan(group, withDefaults(params))).toMatchObject({ refusal });
  });

  const weighted = aGroup({
    ...{ min: 4, max: 40, desired: 16 },
    members: [aMember('i-00000001', { weight: 8 }), aMember('i-00000002', { weight: 8 })],
  });
  it.each([
    ['a share of its units', { percent: 25 }, weighted, 20],
    ['the weight of one instance when nothing is said', {}, weighted, 24],
    ['the weight of the smallest for each instance', { instances: 2 }, mixed(2, 8, 6), 20],
    ['no more than the ceiling, in units', { instances: 9, ceiling: 21 }, weighted, 21],
    ['a share beyond a desired capacity that its instances exceed', { percent: 10 }, mixed(8, 8, 2), 20],
    ['an instance beyond a desired capacity that its instances exceed', {}, mixed(1, 8, 8), 18],
  ])('adds to a group with weights %s', (_, params, group, capacity) => {
    expect(remediator.plan(group, withDefaults(params))).toMatchObject({ capacity, change: true });
  });

  it('adds nothing where its instances hold all that it may have, since the group would launch none', () => {
    const plan = remediator.plan(mixed(1, 8, 8), withDefaults({ ceiling: 17 }));
    expect(plan).toEqual({ refusal: 'not-applicable', why: 'the group has 17 units; 17 is the most it may have' });
  });

  it.each(['ReplaceUnhealthy', 'Terminate'])(
    'adds to a group that %s is suspended in, rather than await the replacement of an unhealthy member that never comes',
    (process) => {
      const members = [aMember('i-00000001'), aMember('i-00000002', { healthy: false })];
      const held = aGroup({ members, suspended: [process] });
      const plan = remediator.plan(held, withDefaults({}));
      expect(plan).toMatchObject({ capacity: 3, change: true });
      const grown = aGroup({ ...held, desired: 3, members: [...members, aMember('i-00000003')] });
      expect(remediator.assess(plan, grown)).toMatchObject({ kind: 'done' });
      expect(remediator.plan(aGroup({ members }), withDefaults({}))).toMatchObject({ capacity: 2, change: false });
    },
  );

  it.each([
    ['Launch', 'in the group Launch is suspended'],
    ['AddToLoadBalancer', 'in the group AddToLoadBalancer is suspended'],
  ])('refuses while %s is suspended, whether or not the group is growing', (process, why) => {
    for (const desired of [2, 3]) {
      const group = aGroup({ desired, suspended: [process] });
      expect(remediator.plan(group, withDefaults({}))).toEqual({ refusal: 'unsafe-to-act', why });
    }
  });

  it('is not held up by a suspended process that it does not need', () => {
    expect(remediator.plan(aGroup({ suspended: ['AZRebalance', 'AlarmNotification'] }), withDefaults({}))).toMatchObject({ change: true });
  });

  it('refuses a group counted in processors whose members do not tell theirs, and counts them where they do', () => {
    expect(remediator.plan(aGroup({ countedIn: 'vcpu' }), withDefaults({}))).toEqual({
      refusal: 'unsafe-to-act',
      why: 'the group counts its capacity in vcpu, and how much of it i-00000001 counts for is not told',
    });
    expect(remediator.plan({ ...weighted, countedIn: 'vcpu' }, withDefaults({}))).toMatchObject({ capacity: 24 });
  });

  it.each([
    { instances: 0 },
    { instances: 1, percent: 10 },
    { percent: 101 },
    { machines: 1 },
    { giveBackAfter: { seconds: 0 } },
    { giveBackAfter: { hours: 25 } },
    { giveBackAfter: true },
  ])('refuses the parameters %o', (params) => {
    expect(remediator.params.safeParse(params).success).toBe(false);
  });

  it('says what it will do', () => {
    expect(remediator.summary(aGrowth())).toBe('raise the capacity of web to 3');
  });
});

describe('assessing added capacity', () => {
  const plan = aGrowth({ capacity: 2 });

  it('is done when enough members are in service and healthy', () => {
    expect(remediator.assess(plan, aGroup())).toEqual({ kind: 'done', detail: '2 instances in service' });
  });

  it.each([
    ['still starting', aMember('i-00000002', { lifecycle: 'Pending' })],
    ['unhealthy', aMember('i-00000002', { healthy: false })],
  ])('is running while a member is %s', (_, member) => {
    const group = aGroup({ members: [aMember('i-00000001'), member] });
    expect(remediator.assess(plan, group)).toEqual({ kind: 'running', why: '1 of 2 instances are in service' });
  });

  it('counts a member of a group with weights by its weight', () => {
    const members = [aMember('i-00000001', { weight: 8 }), aMember('i-00000002', { weight: 8 })];
    const wanted = aGrowth({ capacity: 24 });
    expect(remediator.assess(wanted, aGroup({ members }))).toEqual({ kind: 'running', why: '16 of 24 units are in service' });
    const third = aMember('i-00000003', { weight: 8 });
    expect(remediator.assess(wanted, aGroup({ members: [...members, third] }))).toEqual({ kind: 'done', detail: '24 units in service' });
  });

  it('failed when the group was deleted', () => {
    expect(remediator.assess(plan, undefined).kind).toBe('failed');
  });
});

describe('giving capacity back', () => {
  const after = (params: z.input<typeof remediator.params>, plan: unknown) => remediator.giveBack?.after(withDefaults(params), plan);

  it.each([
    ['after half an hour when nothing is said', {}, aGrowth(), { minutes: 30 }],
    ['after the given time', { giveBackAfter: { hours: 2 } }, aGrowth(), { hours: 2 }],
    ['never when told so', { giveBackAfter: false }, aGrowth(), undefined],
    ['never of a growth that was not ours', {}, { name: 'web', capacity: 3, change: false }, undefined],
  ] as const)('is due %s', (_, params, plan, wait) => {
    expect(after(params, plan)).toEqual(wait);
  });
});
