import { describe, expect, it } from 'vitest';
import { endFor, type Reason } from '../../../lambdas/core/reasons.ts';
import { type PastIncident, takeUp } from '../../../lambdas/core/take-up.ts';
import { HOUR, MINUTE, NOW } from '../../support/builders.ts';

const AGAIN = { minutes: 30 };

function ended(id: string, reason: Reason, ago: number, changed = false): PastIncident {
  return { id, receivedAt: NOW - ago - MINUTE, ended: { end: endFor(reason, '', changed ? 1 : 0), at: NOW - ago, changed } };
}

const open: PastIncident = { id: 'open', receivedAt: NOW - HOUR };
const decide = (past: readonly PastIncident[]) => takeUp(past, AGAIN, NOW);

describe('an alarm that stays in ALARM', () => {
  it.each<[string, readonly PastIncident[]]>([
    ['no incident', []],
    [
      'only incidents that recovered, which say nothing of now',
      [ended('a', 'healed', HOUR, true), ended('b', 'recovered-by-itself', 5 * MINUTE)],
    ],
    ['an incident that was left open before any workflow can still live', [{ ...open, receivedAt: NOW - 100 * HOUR }]],
  ])('with %s is taken up', (_, past) => {
    expect(decide(past)).toEqual({ kind: 'first' });
  });

  it.each<[string, readonly PastIncident[]]>([
    ['an open incident', [open]],
    ['an open incident beside one that is over', [ended('a', 'paused', HOUR), open]],
    ['an incident that changed something', [ended('a', 'cooldown', 5 * HOUR, true)]],
    ['an incident that a person has', [ended('a', 'unsafe-to-act', 5 * HOUR)]],
    ['an incident that a person denied', [ended('a', 'approval-denied', 5 * HOUR)]],
    [
      'a later end that may pass, after one that a person has',
      [ended('a', 'ladder-exhausted', 5 * HOUR, true), ended('b', 'already-open', 4 * HOUR)],
    ],
    ['an incident that ended a short time ago', [ended('a', 'paused', 30 * MINUTE - 1)]],
    ['several that may pass, the last a short time ago', [ended('a', 'paused', 2 * HOUR), ended('b', 'cooldown', MINUTE)]],
  ])('with %s is left alone', (_, past) => {
    expect(decide(past)).toEqual({ kind: 'leave' });
  });

  it.each<[string, readonly PastIncident[], string, Reason]>([
    ['one that may pass, long enough ago', [ended('a', 'paused', 30 * MINUTE)], 'a', 'paused'],
    ['several that may pass: the last of them', [ended('b', 'cooldown', HOUR), ended('a', 'paused', 2 * HOUR)], 'b', 'cooldown'],
    ['one that found it recovered, although it had not', [ended('a', 'already-recovered', HOUR)], 'a', 'already-recovered'],
  ])('gets a follow-up of %s', (_, past, id, reason) => {
    expect(decide(past)).toEqual({ kind: 'follow-up', follows: { id, reason } });
  });
});
