import {
  anAttempt,
  anIncident,
  aPolicy,
  aQuestion,
  aSlot,
  HOUR,
  MINUTE,
  NOW,
  SECOND,
  someFacts,
} from '@self-healing/simulation/builders.ts';
import { describe, expect, it } from 'vitest';
import { isolate } from '../../../../lambdas/core/circuit-breaker.ts';
import { attemptCap } from '../../../../lambdas/core/guardrails/attempt-cap.ts';
import { blastRadius } from '../../../../lambdas/core/guardrails/blast-radius.ts';
import { breaker } from '../../../../lambdas/core/guardrails/breaker.ts';
import { budget } from '../../../../lambdas/core/guardrails/budget.ts';
import { cooldown } from '../../../../lambdas/core/guardrails/cooldown.ts';
import { flapping } from '../../../../lambdas/core/guardrails/flapping.ts';
import { healthyFloor } from '../../../../lambdas/core/guardrails/healthy-floor.ts';
import { type AttemptResult, attemptToken } from '../../../../lambdas/core/incident.ts';
import { endFor, type Reason, type Witness } from '../../../../lambdas/core/reasons.ts';
import type { PastIncident } from '../../../../lambdas/core/retake.ts';

describe('the blast radius of a zone', () => {
  const policy = aPolicy({ guardrails: { blastRadius: { percent: 50, members: 5, zonePercent: 20 } } });
  const facts = { ...someFacts, zoneSize: 5 };

  it('holds one more member of a zone in which as many as allowed are in remediation, and names the zone', () => {
    const veto = blastRadius(aQuestion({ policy, snapshot: { facts, slots: { other: aSlot(NOW + MINUTE) } } }));
    expect(veto).toMatchObject({ kind: 'wait', reason: 'blast-radius', until: NOW + 30 * SECOND });
    expect(veto?.why).toBe('1 of 5 members in eu-west-1a are in remediation; 1 are allowed at once');
  });

  it('says of the whole group how many there are', () => {
    const group = aPolicy({ guardrails: { blastRadius: { percent: 10, members: 5, zonePercent: 100 } } });
    const slots = { other: aSlot(NOW + MINUTE, { zone: 'eu-west-1b' }) };
    expect(blastRadius(aQuestion({ policy: group, snapshot: { slots } }))?.why).toBe(
      '1 of 10 members are in remediation; 1 are allowed at once',
    );
  });

  it('does not object to a member of another zone', () => {
    const slots = { other: aSlot(NOW + MINUTE, { zone: 'eu-west-1b' }) };
    expect(blastRadius(aQuestion({ policy, snapshot: { facts, slots } }))).toBeUndefined();
  });
});

describe('the floor of healthy members', () => {
  const others = (count: number) => Array.from({ length: count }, (_, number) => `instance#i-0000000${number}`);
  const of = (groupSize: number, healthyOthers: readonly string[], more = {}) =>
    healthyFloor(aQuestion({ snapshot: { facts: { ...someFacts, groupSize, healthyOthers, ...more } } }));

  it.each([
    ['the other one of two is not healthy', 2, 0],
    ['two others of ten are missing below half', 10, 4],
    ['none of three others is healthy', 4, 0],
  ])('holds when %s', (_, size, healthy) => {
    expect(of(size, others(healthy))).toMatchObject({ kind: 'wait', reason: 'healthy-floor', until: NOW + 30 * SECOND });
  });

  it.each([
    ['half of the others are healthy', 10, 5],
    ['the other one of two is healthy', 2, 1],
    ['the target is alone in its group', 1, 0],
  ])('does not object when %s', (_, size, healthy) => {
    expect(of(size, others(healthy))).toBeUndefined();
  });

  it('does not count members that are in remediation', () => {
    const snapshot = {
      facts: { ...someFacts, groupSize: 2, healthyOthers: ['instance#i-00000001'] },
      slots: { other: aSlot(NOW + MINUTE) },
    };
    expect(healthyFloor(aQuestion({ snapshot }))).toMatchObject({ reason: 'healthy-floor' });
    expect(healthyFloor(aQuestion({ snapshot: { ...snapshot, slots: { other: aSlot(NOW) } } }))).toBeUndefined();
  });

  it('does not miss a target that serves nothing already', () => {
    expect(of(2, [], { healthy: false })).toBeUndefined();
  });
});

describe('the budget of the pipeline', () => {
  const policy = aPolicy({ guardrails: { budget: { acts: 2, per: { hours: 1 } } } });
  const spending = { one: NOW - 50 * MINUTE, two: NOW - MINUTE };

  it('holds until the oldest act is a period old', () => {
    expect(budget(aQuestion({ policy, snapshot: { spending } }))).toMatchObject({
      kind: 'wait',
      reason: 'budget-used-up',
      until: NOW + 10 * MINUTE,
    });
  });

  it('does not object while there is some left, or to the act that it paid for already', () => {
    expect(budget(aQuestion({ policy, snapshot: { spending: { old: NOW - HOUR, two: NOW } } }))).toBeUndefined();
    const paid = { one: NOW - MINUTE, [attemptToken(anIncident().id, 0)]: NOW - MINUTE };
    expect(budget(aQuestion({ policy, snapshot: { spending: paid } }))).toBeUndefined();
  });
});

describe('the circuit breaker of the policy', () => {
  it('holds until it half-opens', () => {
    const snapshot = { breaker: { state: 'open', since: NOW, until: NOW + HOUR, why: 'three failed' } } as const;
    expect(breaker(aQuestion({ snapshot }))).toMatchObject({ kind: 'wait', reason: 'breaker-open', until: NOW + HOUR });
  });

  it('ends the incident when a person holds it, and names both', () => {
    const veto = breaker(aQuestion({ snapshot: { breaker: isolate('Anna', 'the new release', NOW) } }));
    expect(veto).toMatchObject({ kind: 'end', reason: 'breaker-open' });
    expect(veto?.why).toMatch(/Web-memory.*isolated.*Anna: the new release/);
  });

  it('does not object while it is closed, nor to the trial', () => {
    expect(breaker(aQuestion())).toBeUndefined();
    const half = { state: 'half-open', trial: anIncident().id, until: NOW + HOUR, why: '' } as const;
    expect(breaker(aQuestion({ snapshot: { breaker: half } }))).toBeUndefined();
  });
});

describe('a flapping symptom', () => {
  const incident = anIncident();
  const openings = (count: number, more = {}) =>
    Array.from({ length: count }, (_, turn) => ({
      incident: `${turn}`,
      policy: incident.policy,
      at: incident.openedAt - turn * 5 * MINUTE,
      ...more,
    }));

  const past = (reason: Reason, toldAt?: number, witness?: Witness): PastIncident[] => [
    {
      id: 'past',
      receivedAt: NOW - HOUR,
      ended: { end: endFor(reason, '', 0, witness), at: NOW - HOUR, changed: false, ...(toldAt !== undefined && { toldAt }) },
    },
  ];
  const flaps = (turns: number, before: readonly PastIncident[] = []) =>
    flapping(aQuestion({ snapshot: { openings: openings(turns), past: before } }));

  it.each([6, 7, 20])('is told, however many turns ended before anybody said so: %i', (turns) => {
    expect(flaps(turns)).toMatchObject({ kind: 'end', reason: 'flapping' });
    expect(flaps(turns, past('already-recovered', NOW - HOUR))).toMatchObject({ reason: 'flapping' });
    expect(flaps(turns, past('flapping'))).toMatchObject({ reason: 'flapping' });
  });

  it('is silent while an incident that told people of it is its witness, and told again after a day', () => {
    const witness = { kind: 'incident', id: 'past', at: NOW - HOUR };
    expect(flaps(7, past('flapping', NOW - HOUR))).toMatchObject({ reason: 'still-flapping', witness });
    const chained = past('still-flapping', NOW - 3 * HOUR, { kind: 'incident', id: 'first', at: NOW - 3 * HOUR });
    expect(flaps(7, chained)).toMatchObject({ reason: 'still-flapping', witness: { id: 'first', at: NOW - 3 * HOUR } });
    expect(flaps(7, past('still-flapping', NOW - 24 * HOUR))).toMatchObject({ reason: 'flapping' });
  });

  it('names the newest of several that told people, in whatever order they are read', () => {
    const earlier = past('flapping', NOW - 2 * HOUR);
    const newest = past('still-flapping', NOW - MINUTE, { kind: 'incident', id: 'newest', at: NOW - MINUTE });
    const witness = { kind: 'incident', id: 'newest', at: NOW - MINUTE };
    expect(flaps(7, [...earlier, ...newest])).toMatchObject({ kind: 'end', reason: 'still-flapping', witness });
    expect(flaps(7, [...newest, ...earlier])).toMatchObject({ kind: 'end', reason: 'still-flapping', witness });
  });

  it('does not flap when the sweep took it up again, since its alarm stands', () => {
    const standing = { ...incident, follows: { id: 'b', reason: 'flapping' as const } };
    expect(flapping(aQuestion({ incident: standing, snapshot: { openings: openings(9) } }))).toBeUndefined();
  });

  it('flaps again when the alarm that the sweep took up has gone off anew since, as while people were asked', () => {
    const standing = { ...incident, follows: { id: 'b', reason: 'flapping' as const } };
    const again = { incident: 'c', policy: incident.policy, at: incident.receivedAt + MINUTE };
    const asked = (more: object) =>
      flapping(aQuestion({ incident: standing, snapshot: { openings: [...openings(9), { ...again, ...more }] } }));
    expect(asked({})).toMatchObject({ kind: 'end', reason: 'flapping' });
    expect(asked({ policy: 'Web-disk' })).toBeUndefined();
    expect(asked({ follows: true })).toBeUndefined();
    expect(asked({ at: incident.receivedAt }), 'before it was taken up').toBeUndefined();
  });

  it('has no turn by a follow-up, whose moment is that of its alarm as another source tells it', () => {
    expect(flapping(aQuestion({ snapshot: { openings: [...openings(5), ...openings(5, { follows: true })] } }))).toBeUndefined();
  });

  it.each([
    ['as many as allowed', openings(5)],
    ['one alarm that stands and was taken up again and again', openings(9, { at: incident.openedAt })],
    ['more, but of another policy', openings(9, { policy: 'Web-disk' })],
    ['more, but an hour before', openings(9, { at: incident.openedAt - HOUR })],
    ['more, but after this one', openings(9, { at: incident.openedAt + 1 })],
  ])('is not %s', (_, given) => {
    expect(flapping(aQuestion({ snapshot: { openings: given } }))).toBeUndefined();
  });
});

it('attempts that AWS did not take do not count against the cap of a target', () => {
  const history = Array.from({ length: 9 }, (_, hour) => anAttempt({ at: NOW - hour * HOUR, result: 'not-taken' }));
  expect(attemptCap(aQuestion({ snapshot: { history } }))).toBeUndefined();
});

describe('the growing cooldown', () => {
  const acts = (...results: readonly AttemptResult[]) =>
    results.map((result, index) => anAttempt({ result, at: NOW - MINUTE - index * HOUR, token: `${index}` }));
  const until = (history: ReturnType<typeof acts>) => (cooldown(aQuestion({ snapshot: { history } })) as { until?: number })?.until;

  it('is the plain one after the first attempt, and doubles with each before it in a row that did not help', () => {
    expect(until(acts('not-recovered'))).toBe(NOW - MINUTE + 3 * MINUTE);
    expect(until(acts('not-recovered', 'not-recovered'))).toBe(NOW - MINUTE + 6 * MINUTE);
    expect(until(acts('not-recovered', 'not-recovered', 'not-recovered'))).toBe(NOW - MINUTE + 12 * MINUTE);
  });

  it('begins anew after one that helped', () => {
    expect(until(acts('not-recovered', 'recovered', 'not-recovered', 'not-recovered'))).toBe(NOW - MINUTE + 3 * MINUTE);
  });

  it('does not grow with one that did not apply or whose end nobody knows, and does not begin anew with it', () => {
    expect(until(acts('not-recovered', 'interrupted', 'not-applicable'))).toBe(NOW - MINUTE + 3 * MINUTE);
    expect(until(acts('not-recovered', 'interrupted', 'failed'))).toBe(NOW - MINUTE + 6 * MINUTE);
  });

  it('does not begin with one that AWS did not take', () => {
    expect(until(acts('not-taken'))).toBeUndefined();
    expect(until(acts('not-taken', 'not-recovered').map((act) => ({ ...act, at: act.at - HOUR })))).toBeUndefined();
  });

  it('is that of the policy that acted where it is longer, and grows from there', () => {
    const byAnother = (first: object, ...more: readonly AttemptResult[]) =>
      until(acts('not-recovered', ...more).map((act, index) => (index === 0 ? { ...act, policy: 'Web-disk', ...first } : act)));
    expect(byAnother({ cooldown: { minutes: 30 } })).toBe(NOW - MINUTE + 30 * MINUTE);
    expect(byAnother({ cooldown: { minutes: 30 } }, 'failed')).toBe(NOW - MINUTE + 60 * MINUTE);
    expect(byAnother({ cooldown: { hours: 5 } }, 'failed')).toBe(NOW - MINUTE + 5 * HOUR);
    expect(byAnother({ cooldown: { minutes: 1 } })).toBe(NOW - MINUTE + 3 * MINUTE);
  });

  it('grows no further than its most', () => {
    expect(until(acts(...Array.from({ length: 9 }, () => 'not-recovered' as const)))).toBe(NOW - MINUTE + 2 * HOUR);
  });
});
