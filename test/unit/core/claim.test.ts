import { describe, expect, it } from 'vitest';
import { freeSlot, isHeldByAnother, liveSlots, slotLimit, takeSlot } from '../../../lambdas/core/claim.ts';
import { MINUTE, NOW } from '../../support/builders.ts';

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
    ['10 % of 100, but five at most', { percent: 10, members: 5 }, 100, 5],
    ['10 % of 29, rounded down', { percent: 10, members: 5 }, 29, 2],
    ['10 % of 5: one, or nothing could ever be healed', { percent: 10, members: 5 }, 5, 1],
    ['all of 3', { percent: 100, members: 50 }, 3, 3],
    ['an empty group', { percent: 100, members: 50 }, 0, 1],
  ])('are limited to %s', (_, radius, size, expected) => {
    expect(slotLimit(radius, size)).toBe(expected);
  });

  it('gives a slot while there is room', () => {
    expect(takeSlot({ a: NOW + MINUTE }, 'b', NOW + 2 * MINUTE, 2, NOW)).toEqual({ a: NOW + MINUTE, b: NOW + 2 * MINUTE });
  });

  it('gives none when the limit is reached', () => {
    expect(takeSlot({ a: NOW + MINUTE, b: NOW + MINUTE }, 'c', NOW + MINUTE, 2, NOW)).toBeUndefined();
  });

  it('moves the end of a slot that the incident already holds, even when the group is full', () => {
    expect(takeSlot({ a: NOW + 1 }, 'a', NOW + MINUTE, 1, NOW)).toEqual({ a: NOW + MINUTE });
  });

  it('gives the slot of a crashed incident to another once it has lapsed', () => {
    expect(takeSlot({ crashed: NOW }, 'b', NOW + MINUTE, 1, NOW)).toEqual({ b: NOW + MINUTE });
  });

  it('frees only the slot of the incident, and drops lapsed ones', () => {
    expect(freeSlot({ a: NOW + MINUTE, b: NOW + MINUTE, lapsed: NOW }, 'a', NOW)).toEqual({ b: NOW + MINUTE });
    expect(liveSlots({ lapsed: NOW }, NOW)).toEqual({});
  });
});
