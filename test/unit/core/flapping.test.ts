import { anIncident, aPolicy, HOUR, MINUTE, NOW } from '@self-healing/simulation/builders.ts';
import { expect, it } from 'vitest';
import { turnsUntil } from '../../../lambdas/core/flapping.ts';
import type { Opening } from '../../../lambdas/core/incident.ts';

const opening = (at: number, given: Partial<Opening> = {}): Opening => ({ incident: `${at}`, policy: 'Web-memory', at, ...given });
const turns = (...openings: readonly Opening[]) => turnsUntil(anIncident({ openedAt: NOW }), aPolicy(), openings);

it.each<[string, readonly Opening[], number]>([
  ['just begin to count', [opening(NOW - HOUR + 1)], 1],
  ['are as old as the time in which they count', [opening(NOW - HOUR)], 0],
  ['are the incident itself', [opening(NOW)], 1],
  ['came after the incident', [opening(NOW + 1)], 0],
  ['are of another policy', [opening(NOW - MINUTE, { policy: 'Web-disk' })], 0],
  ['follow an alarm that stood', [opening(NOW - MINUTE, { follows: true })], 0],
  ['are of the same instant', [opening(NOW - MINUTE), opening(NOW - MINUTE, { incident: 'other' })], 1],
  ['are two', [opening(NOW - MINUTE), opening(NOW)], 2],
])('of the openings of incidents that %s, %j, so many are turns: %i', (_, openings, count) => {
  expect(turns(...openings)).toBe(count);
});
