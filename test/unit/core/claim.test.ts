import { aSlot, HOUR, MINUTE, NOW } from '@self-healing/simulation/builders.ts';
import { describe, expect, it } from 'vitest';
import {
  claimedUntil,
  freeSlot,
  fullOf,
  healthyFloor,
  heldUntil,
  holdingsOf,
  isChangedByAnother,
  isContainer,
  isHeldByAnother,
  keepSlot,
  type Lease,
  liveSlots,
  slotLimits,
  spend,
  takeSlot,
} from '../../../lambdas/core/claim.ts';

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

describe('what goes with a lease', () => {
  const holds = { by: 'mine', groups: ['tagged#Web'] };
  const lease: Lease = { incident: 'mine', policy: 'Web-memory', expiresAt: NOW + 1, holds };

  it('is held by the incident that took it, and by no other', () => {
    expect(holdingsOf(lease, 'mine')).toEqual(holds);
    expect(holdingsOf({ ...lease, incident: 'other' }, 'other')).toBeUndefined();
    expect(holdingsOf({ ...lease, incident: 'other' }, 'mine')).toBeUndefined();
    expect(holdingsOf({ incident: 'mine', policy: 'Web-memory', expiresAt: NOW + 1 }, 'mine')).toBeUndefined();
    expect(holdingsOf(undefined, 'mine')).toBeUndefined();
  });

  it.each([
    ['changes the target', lease, true],
    ['only looks and waits', { ...lease, changes: false }, false],
    ['has lapsed', { ...lease, expiresAt: NOW }, false],
    ['is not there', undefined, false],
  ])('of another incident that %s keeps others from what contains the target: %s', (_, held, changed) => {
    expect(isChangedByAnother(held, 'other', NOW)).toBe(changed);
    expect(isChangedByAnother(held, 'mine', NOW)).toBe(false);
  });

  it('lasts for the times of the rung or for the longest that the act may take, whichever is more, and a margin', () => {
    const rung = { settle: { minutes: 1 }, verifyWithin: { minutes: 4 } };
    expect(heldUntil(NOW, rung, { minutes: 3 })).toBe(NOW + 23 * MINUTE);
    expect(heldUntil(NOW, rung, { minutes: 3 }, { minutes: 7 })).toBe(NOW + 23 * MINUTE);
    expect(heldUntil(NOW, rung, { minutes: 3 }, { hours: 1 })).toBe(NOW + 75 * MINUTE);
    expect(claimedUntil(NOW, rung, { minutes: 3 })).toBe(NOW + 24 * MINUTE);
  });

  it('is taken of containers by those who act on what they contain', () => {
    const ofName = (kind: 'auto-scaling-group') => isContainer({ kind, name: 'web' });
    const ofId = (kind: 'instance' | 'database' | 'database-cluster') => isContainer({ kind, id: 'x' });
    expect([ofName('auto-scaling-group'), ofId('database-cluster'), ofId('database'), ofId('instance')]).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });
});

describe('the healthy members that must serve beside a target', () => {
  const healthyOthers = ['a', 'b'];
  const floor = (groupSize: number, percent = 50, healthy = true) => healthyFloor(percent, { groupSize, healthy, healthyOthers });

  it.each([
    ['one of two', 2, 50, 1],
    ['half of nine, rounded down', 9, 50, 4],
    ['one at least', 9, 5, 1],
    ['all others where all must serve', 3, 100, 2],
  ])('are %s', (_, groupSize, percent, least) => {
    expect(floor(groupSize, percent)).toEqual({ least, others: healthyOthers });
  });

  it('are none for one that is alone, or that serves nothing itself', () => {
    expect(floor(1)).toBeUndefined();
    expect(floor(9, 50, false)).toBeUndefined();
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

  it('gives none where too few healthy members would be left, counting those in remediation as missing', () => {
    const limits = { group: 5, zone: 5 };
    const others = ['instance#i-00000001', 'instance#i-00000002', 'instance#i-00000003'];
    const wanted = { limits, floor: { least: 2, others } };
    expect(takeSlot({ a: aSlot(NOW + MINUTE) }, 'b', aSlot(NOW + MINUTE), wanted, NOW)).toHaveProperty('slots.b');
    const two = { a: aSlot(NOW + MINUTE), c: aSlot(NOW + MINUTE, { target: 'instance#i-00000002' }) };
    expect(takeSlot(two, 'b', aSlot(NOW + MINUTE), wanted, NOW)).toEqual({ full: 'floor' });
  });

  it('counts no zone together with those whose zone is not known, either', () => {
    const unknown = { until: NOW + MINUTE, target: 'instance#i-2' };
    expect(fullOf([unknown, unknown], { limits: { group: 5, zone: 1 } })).toBeUndefined();
  });

  it('keeps for longer a slot that is held, and gives none to whoever has none', () => {
    const slots = { a: aSlot(NOW + 1), lapsed: aSlot(NOW) };
    expect(keepSlot(slots, 'a', NOW + MINUTE, NOW)).toEqual({ a: aSlot(NOW + MINUTE) });
    expect(keepSlot(slots, 'b', NOW + MINUTE, NOW)).toBe(slots);
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
