import { describe, expect, it } from 'vitest';
import { unitsHeld, unitsInService, unitsOfOneInstance, unitWord, whyNotCountable } from '../../../lambdas/core/group-capacity.ts';
import type { AutoScalingGroup, GroupMember } from '../../../lambdas/core/ports.ts';

function aMember(id: string, given: Partial<GroupMember> = {}): GroupMember {
  return { id, lifecycle: 'InService', healthy: true, protectedFromScaleIn: false, ...given };
}

function aGroup(members: readonly GroupMember[], given: Partial<AutoScalingGroup> = {}): AutoScalingGroup {
  return { name: 'web', min: 1, max: 9, desired: 3, members, suspended: [], tags: {}, ...given };
}

const mixed = [aMember('i-1'), aMember('i-2', { healthy: false }), aMember('i-3', { lifecycle: 'Standby' }), aMember('i-4')];

describe('the capacity of an Auto Scaling group', () => {
  it('is that of its members in service that are healthy', () => {
    expect(unitsInService(aGroup(mixed))).toBe(2);
  });

  it('can be asked for without one member', () => {
    expect(unitsInService(aGroup(mixed), 'i-1')).toBe(1);
    expect(unitsInService(aGroup(mixed), 'i-3')).toBe(2);
  });

  it('is the sum of the weights where members have weights', () => {
    expect(unitsInService(aGroup([aMember('i-1', { weight: 8 }), aMember('i-2', { weight: 4 }), aMember('i-3')]))).toBe(13);
  });

  it.each(['ReplaceUnhealthy', 'Terminate'])(
    'has the unhealthy member as well while %s is suspended and nothing replaces it',
    (process) => {
      expect(unitsHeld(aGroup(mixed, { suspended: ['AZRebalance', process] }))).toBe(3);
    },
  );

  it.each([[[]], [['AZRebalance']]])('has it not where the suspended processes are %s', (suspended) => {
    expect(unitsHeld(aGroup(mixed, { suspended }))).toBe(2);
  });

  it('grows for one instance by the least that a member counts for, and by one where there is none', () => {
    expect(unitsOfOneInstance(aGroup([aMember('i-1', { weight: 8 }), aMember('i-2', { weight: 4 })]))).toBe(4);
    expect(unitsOfOneInstance(aGroup([aMember('i-1', { weight: 8 }), aMember('i-2')]))).toBe(1);
    expect(unitsOfOneInstance(aGroup([]))).toBe(1);
  });

  it('is counted in units as soon as one member weighs more than one, and else in instances', () => {
    expect(unitWord(aGroup([aMember('i-1', { weight: 1 }), aMember('i-2')]))).toBe('instances');
    expect(unitWord(aGroup([aMember('i-1', { weight: 2 }), aMember('i-2')]))).toBe('units');
    expect(unitWord(aGroup([aMember('i-1')], { countedIn: 'vcpu' }))).toBe('units');
  });

  it.each([undefined, Number.NaN])('cannot be compared with members of which one weighs %s in a group that counts processors', (weight) => {
    const members = [aMember('i-1', { weight: 4 }), aMember('i-2', weight === undefined ? {} : { weight })];
    expect(whyNotCountable(aGroup(members, { countedIn: 'vcpu' }))).toBe(
      'the group counts its capacity in vcpu, and how much of it i-2 counts for is not told',
    );
    expect(whyNotCountable(aGroup(members))).toBeUndefined();
  });

  it('can be compared where each weight is told', () => {
    expect(whyNotCountable(aGroup([aMember('i-1', { weight: 4 })], { countedIn: 'vcpu' }))).toBeUndefined();
  });
});
