import { anIncident, HOUR, MINUTE, NOW } from '@self-healing/simulation/builders.ts';
import { describe, expect, it } from 'vitest';
import type { Incident } from '../../../lambdas/core/incident.ts';
import { type End, endFor, isTold, type Reason, type Witness } from '../../../lambdas/core/reasons.ts';
import { type PastIncident, retake, saidAgain, witnessed } from '../../../lambdas/core/retake.ts';

const AGAIN = { minutes: 30 };

function ended(id: string, reason: Reason, ago: number, changed = false): PastIncident {
  return { id, receivedAt: NOW - ago - MINUTE, ended: { end: endFor(reason, '', changed ? 1 : 0), at: NOW - ago, changed } };
}

/** Received a minute before it ended, by a storm whose message came at that moment. */
function endedByStorm(id: string, ago: number, message: number | undefined, changed = false): PastIncident {
  const witness: Witness = { kind: 'storm', id: 'tagged#Web#memory', ...(message !== undefined && { at: message }) };
  const end = endFor('part-of-storm', '', changed ? 1 : 0, witness);
  return { id, receivedAt: NOW - ago - MINUTE, ended: { end, at: NOW - ago, changed } };
}

const open: PastIncident = { id: 'open', receivedAt: NOW - HOUR };
const decide = (past: readonly PastIncident[]) => retake(past, AGAIN, NOW);

describe('an alarm that stays in ALARM', () => {
  it.each<[string, readonly PastIncident[]]>([
    ['no incident', []],
    ['an incident that was left open before any workflow can still live', [{ ...open, receivedAt: NOW - 96 * HOUR }]],
  ])('with %s is taken up', (_, past) => {
    expect(decide(past)).toEqual({ kind: 'first' });
  });

  it.each<[string, readonly PastIncident[]]>([
    ['an open incident', [open]],
    ['an open incident whose workflow may still live', [{ ...open, receivedAt: NOW - 96 * HOUR + 1 }]],
    ['an open incident beside one that is over', [ended('a', 'paused', HOUR), open]],
    ['an incident that changed something', [ended('a', 'cooldown', 5 * HOUR, true)]],
    ['an incident that a person has', [ended('a', 'unsafe-to-act', 5 * HOUR)]],
    ['an incident that recovered just now', [ended('a', 'healed', 5 * MINUTE - 1, true)]],
    [
      'an incident that recovered after one that a person has',
      [ended('a', 'ladder-exhausted', HOUR, true), ended('b', 'healed', 30 * MINUTE)],
    ],
    ['one of a storm of which the message told', [endedByStorm('a', HOUR, NOW - HOUR - MINUTE)]],
    ['one of a storm of which the message was to tell', [endedByStorm('a', HOUR, undefined)]],
    ['one that came after the message of the storm, and had acted', [endedByStorm('a', HOUR, NOW - 2 * HOUR, true)]],
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
    [
      'one that recovered, in the same alarm state',
      [ended('b', 'healed', HOUR, true), ended('a', 'recovered-by-itself', 5 * MINUTE)],
      'a',
      'recovered-by-itself',
    ],
    ['one that found it recovered a few minutes ago', [ended('a', 'already-recovered', 5 * MINUTE)], 'a', 'already-recovered'],
    ['one that a pause interrupted after its act', [ended('a', 'paused', 30 * MINUTE, true)], 'a', 'paused'],
    [
      'one that a pause interrupted, and the one that met the pause',
      [ended('b', 'paused', 2 * HOUR, true), ended('a', 'paused', HOUR)],
      'a',
      'paused',
    ],
    ['one whose policy was deployed anew after its act', [ended('a', 'policy-changed', 5 * MINUTE, true)], 'a', 'policy-changed'],
    ['one whose target was excluded after its act', [ended('a', 'excluded', HOUR, true)], 'a', 'excluded'],
    ['one whose target had not its tag yet', [ended('a', 'not-in-fleet', 30 * MINUTE)], 'a', 'not-in-fleet'],
    ['one that came after the message of the storm', [endedByStorm('a', HOUR, NOW - HOUR - MINUTE - 1)], 'a', 'part-of-storm'],
    ['one that found it recovered, although it had not', [ended('a', 'already-recovered', HOUR)], 'a', 'already-recovered'],
  ])('gets a follow-up of %s', (_, past, id, reason) => {
    expect(decide(past)).toEqual({ kind: 'follow-up', follows: { id, reason } });
  });
});

describe('a hand-off that lasts', () => {
  const DAY = 24 * HOUR;
  const handedOff = ended('a', 'ladder-exhausted', DAY, true);

  it('is due once a day, since people were told, or since it ended where that is not known', () => {
    const { end, at } = handedOff.ended as NonNullable<PastIncident['ended']>;
    expect(saidAgain([handedOff], NOW)).toEqual({ id: 'a', end, at, times: 1 });
    expect(saidAgain([handedOff], NOW + DAY)).toMatchObject({ times: 2 });
    const toldLater = { ...handedOff, ended: { end, at, changed: true, toldAt: at + MINUTE } };
    expect(saidAgain([toldLater], NOW)).toBeUndefined();
    expect(saidAgain([toldLater], NOW + MINUTE)).toMatchObject({ at: at + MINUTE, times: 1 });
  });

  it.each<[string, readonly PastIncident[]]>([
    ['before the time', [ended('a', 'ladder-exhausted', DAY - 1, true)]],
    ['while an incident is open', [handedOff, open]],
    ['of what the sweep tries again', [ended('a', 'paused', DAY)]],
    ['of a recovery', [ended('a', 'healed', DAY, true)]],
    ['of what a policy in shadow would have done', [ended('a', 'shadow', DAY)]],
    ['of what was broken on purpose', [{ ...handedOff, drill: 'd' }]],
    ['where nothing ended', []],
  ])('is not due %s', (_, past) => {
    expect(saidAgain(past, NOW)).toBeUndefined();
  });

  it('is the last one', () => {
    expect(saidAgain([ended('b', 'ladder-exhausted', DAY, true), ended('a', 'unsafe-to-act', 2 * DAY)], NOW)).toMatchObject({ id: 'b' });
  });
});

describe('what a follow-up knows of what people were told', () => {
  const told = (id: string, reason: Reason, ago: number, witness?: Witness): PastIncident => {
    const past = ended(id, reason, ago);
    return past.ended ? { ...past, ended: { ...past.ended, end: endFor(reason, '', 0, witness), toldAt: witness?.at ?? NOW - ago } } : past;
  };

  it('is for each reason by whom and when last, also by a witness', () => {
    const witness = { kind: 'incident', id: 'a', at: NOW - 5 * HOUR } as const;
    const past = [
      told('a', 'paused', 5 * HOUR),
      told('b', 'cooldown', 4 * HOUR),
      told('c', 'paused', HOUR, witness),
      ended('d', 'target-busy', HOUR),
    ];
    expect(decide(past)).toMatchObject({
      follows: {
        id: 'd',
        told: [
          { reason: 'paused', id: 'a', at: NOW - 5 * HOUR },
          { reason: 'cooldown', id: 'b', at: NOW - 4 * HOUR },
        ],
      },
    });
  });

  const follows = { id: 'b', reason: 'cooldown' as const, told: [{ reason: 'paused', id: 'a', at: NOW - 23 * HOUR }] };
  const paused = endFor('paused', '', 0);

  it('is the witness of the same end without a change', () => {
    expect(witnessed(paused, anIncident({ follows }), false, NOW)).toEqual({
      ...paused,
      witness: { kind: 'incident', id: 'a', at: NOW - 23 * HOUR },
    });
  });

  it.each<[string, End, Incident, boolean, number]>([
    ['another end', endFor('cooldown', '', 0), anIncident({ follows }), false, NOW],
    ['an end after a change', paused, anIncident({ follows }), true, NOW],
    ['a day later', paused, anIncident({ follows }), false, NOW + HOUR],
    ['who follows nobody', paused, anIncident(), false, NOW],
    ['who follows one that was not told', paused, anIncident({ follows: { id: 'a', reason: 'paused' } }), false, NOW],
  ])('is no witness of %s', (_, end, incident, changed, now) => {
    expect(isTold(witnessed(end, incident, changed, now))).toBe(true);
  });
});
