import { aSlot, HOUR, MINUTE, NOW } from '@self-healing/simulation/builders.ts';
import { describe, expect, it } from 'vitest';
import { freeSlot, isHeldByAnother, liveSlots, slotLimits, spend, takeSlot } from '../../../lambdas/core/claim.ts';

describe('a lease', () => {
  const lease = { incident: 'mine', policy: 'Web-memory', expiresAt: NOW + 1 };

  it.each([
    ['is held by another while it lasts', lease, 'other', NOW, true],
    ['is not held by another in the moment it ends', lease, 'other', NOW + 1, false],
    ['is not held against its own incident', lease, 'mine', NOW, false],
    ['is free when there is none', undefined, 'other', NOW, false],
  ])('%s', (_, held, incident, now, expected) => {
    expect(isHeldByAnother(held, incident, now)).toBe(expected);
  });
});

describe('the slots of a group', () => {
  it.each([
    ['10 % of 100, but five at most', { percent: 10, members: 5, zonePercent: 10 }, { group: 100, zone: 30 }, { group: 5, zone: 3 }],
    ['10 % of 29, rounded down', { percent: 10, members: 5, zonePercent: 10 }, { group: 29, zone: 29 }, { group: 2, zone: 2 }],
    [
      'one of 5, or nothing could ever be healed',
      { percent: 10, members: 5, zonePercent: 10 },
      { group: 5, zone: 2 },
      { group: 1, zone: 1 },
    ],
    ['all of 3', { percent: 100, members: 50, zonePercent: 100 }, { group: 3, zone: 1 }, { group: 3, zone: 1 }],
    ['one of an empty group', { percent: 100, members: 50, zonePercent: 50 }, { group: 0, zone: 0 }, { group: 1, zone: 1 }],
  ])('are limited to %s', (_, radius, size, expected) => {
    expect(slotLimits(radius, size)).toEqual(expected);
  });

  const two = { limits: { group: 2, zone: 2 } };
  const one = { limits: { group: 1, zone: 1 } };

  it('gives a slot while there is room', () => {
    const [first, second] = [aSlot(NOW + MINUTE), aSlot(NOW + 2 * MINUTE)];
    expect(takeSlot({ a: first }, 'b', second, two, NOW)).toEqual({ slots: { a: first, b: second } });
  });

  it('gives none when the limit of the group is reached', () => {
    expect(takeSlot({ a: aSlot(NOW + MINUTE), b: aSlot(NOW + MINUTE) }, 'c', aSlot(NOW + MINUTE), two, NOW)).toEqual({ full: 'group' });
  });

  it('gives none in a zone whose limit is reached, one in another, and one where the zone is not known', () => {
    const [taken, limits] = [{ a: aSlot(NOW + MINUTE) }, { limits: { group: 5, zone: 1 } }];
    expect(takeSlot(taken, 'b', aSlot(NOW + MINUTE), limits, NOW)).toEqual({ full: 'zone' });
    expect(takeSlot(taken, 'b', aSlot(NOW + MINUTE, { zone: 'eu-west-1b' }), limits, NOW)).toHaveProperty('slots.b');
    expect(takeSlot(taken, 'b', { until: NOW + MINUTE, target: 'instance#i-2' }, limits, NOW)).toHaveProperty('slots.b');
  });

  it('moves the end of a slot that the incident already holds, even when the group is full', () => {
    expect(takeSlot({ a: aSlot(NOW + 1) }, 'a', aSlot(NOW + MINUTE), one, NOW)).toEqual({ slots: { a: aSlot(NOW + MINUTE) } });
  });

  it('gives the slot of a crashed incident to another once it has lapsed', () => {
    expect(takeSlot({ crashed: aSlot(NOW) }, 'b', aSlot(NOW + MINUTE), one, NOW)).toEqual({ slots: { b: aSlot(NOW + MINUTE) } });
  });

  it('frees only the slot of the incident, and drops lapsed ones', () => {
    const slots = { a: aSlot(NOW + MINUTE), b: aSlot(NOW + MINUTE), lapsed: aSlot(NOW) };
    expect(freeSlot(slots, 'a', NOW)).toEqual({ b: aSlot(NOW + MINUTE) });
    expect(liveSlots({ lapsed: aSlot(NOW) }, NOW)).toEqual({});
  });
});

describe('the budget', () => {
  const two = { acts: 2, perMilliseconds: HOUR };

  it('pays for an act while there is some left', () => {
    expect(spend({ a: NOW - MINUTE }, 'b', two, NOW)).toEqual({ a: NOW - MINUTE, b: NOW });
  });

  it('pays for no act when it is used up', () => {
    expect(spend({ a: NOW - MINUTE, b: NOW }, 'c', two, NOW)).toBeUndefined();
  });

  it('pays for the same act once, even when it is used up', () => {
    expect(spend({ a: NOW - MINUTE, b: NOW }, 'a', two, NOW + MINUTE)).toEqual({ a: NOW - MINUTE, b: NOW });
  });

  it('forgets what was spent a period ago', () => {
    expect(spend({ a: NOW - HOUR, b: NOW - HOUR + 1 }, 'c', two, NOW)).toEqual({ b: NOW - HOUR + 1, c: NOW });
  });
});
