import { aGroup, aGrowth, aMember } from '@self-healing/simulation/accounts.ts';
import { describe, expect, it } from 'vitest';
import type { AutoScalingGroup } from '../../../lambdas/core/ports.ts';
import { type Growth, isReturned, planReturn, returnInWords } from '../../../lambdas/remediators/capacity-return.ts';

/** The group with all of its members in service. */
const grown = (desired: number, given: Partial<AutoScalingGroup> = {}) =>
  aGroup({ desired, members: Array.from({ length: desired }, (_, index) => aMember(`i-0000000${index}`)), ...given });

const withMinimum = aGrowth({ minimum: 3 });

describe('planning to give capacity back', () => {
  it.each([
    ['the capacity, while it is what was set', aGrowth(), grown(3), { capacity: 2 }],
    [
      'no more than the minimum allows',
      aGrowth({ capacity: 4, before: { capacity: 1, minimum: 1 } }),
      grown(4, { min: 3 }),
      { capacity: 3 },
    ],
    ['capacity and minimum, while both are what was set', withMinimum, grown(3, { min: 3 }), { capacity: 2, minimum: 1 }],
    ['the minimum alone when the capacity has moved on', withMinimum, grown(4, { min: 3 }), { minimum: 1 }],
    ['the capacity alone when the minimum has moved on', withMinimum, grown(3, { min: 2 }), { capacity: 2 }],
  ] as [string, Growth, AutoScalingGroup, object][])('lowers %s', (_, growth, group, lowered) => {
    expect(planReturn(growth, group, [])).toEqual({ name: 'web', ...lowered });
  });

  it.each([
    ['somebody raised it', aGrowth(), grown(4)],
    ['somebody lowered it', aGrowth(), grown(2)],
    ['the minimum was raised to it', aGrowth(), grown(3, { min: 3 })],
    ['both numbers have moved on', withMinimum, grown(4, { min: 4 })],
    ['the group is gone', aGrowth(), undefined],
  ] as [string, Growth, AutoScalingGroup | undefined][])('keeps it for good when %s', (_, growth, group) => {
    expect(planReturn(growth, group, [])).toMatchObject({ keep: 'for-good' });
  });

  it.each([
    ['a member is still starting', grown(3, { members: [aMember('i-1'), aMember('i-2'), aMember('i-3', { lifecycle: 'Pending' })] }), []],
    ['a member is unhealthy', grown(3, { members: [aMember('i-1'), aMember('i-2'), aMember('i-3', { healthy: false })] }), []],
    ['ending members is suspended', grown(3, { suspended: ['Terminate'] }), []],
    ['the weights in service are too few', grown(3, { members: [aMember('i-1', { weight: 2 })] }), []],
    ['more was added on top', grown(4), [aGrowth({ capacity: 4, before: { capacity: 3, minimum: 1 } })]],
    ['the minimum was raised on top', grown(5, { min: 4 }), [aGrowth({ capacity: 4, minimum: 4 })]],
    ['the same was added anew since', grown(3), [aGrowth()]],
  ] as [string, AutoScalingGroup, Growth[]][])('keeps it for now while %s', (_, group, later) => {
    expect(planReturn(aGrowth(), group, later)).toMatchObject({ keep: 'for-now' });
  });

  it('lowers it when few members with weights make up the capacity', () => {
    const members = [aMember('i-1', { weight: 2 }), aMember('i-2', { weight: 1 })];
    expect(planReturn(aGrowth(), grown(3, { members }), [])).toEqual({ name: 'web', capacity: 2 });
  });

  it('lowers it when what was added on top was given back', () => {
    expect(planReturn(aGrowth(), grown(3), [aGrowth({ capacity: 4, before: { capacity: 3, minimum: 1 } })])).toEqual({
      name: 'web',
      capacity: 2,
    });
  });
});

describe('capacity that was given back', () => {
  it.each([
    [{ capacity: 2 }, grown(2), true],
    [{ capacity: 2 }, grown(3), false],
    [{ capacity: 2, minimum: 1 }, grown(2, { min: 3 }), false],
    [{ minimum: 1 }, grown(4, { min: 1 }), true],
    [{ capacity: 2 }, undefined, false],
  ])('of %o is seen in the group', (given, group, seen) => {
    expect(isReturned({ name: 'web', ...given }, group)).toBe(seen);
  });

  it('is told in words', () => {
    expect(returnInWords({ name: 'web', capacity: 2, minimum: 1 })).toBe(
      'lower the capacity of web to 2 and lower the minimum of web to 1',
    );
    expect(returnInWords({ name: 'web', minimum: 1 })).toBe('lower the minimum of web to 1');
  });
});
