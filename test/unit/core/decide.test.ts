import {
  anAttempt,
  anIncident,
  aPolicy,
  aQuestion,
  aRung,
  aSlot,
  HOUR,
  MINUTE,
  NOW,
  SECOND,
  someFacts,
  waitRung,
} from '@self-healing/simulation/builders.ts';
import { describe, expect, it } from 'vitest';
import { decide } from '../../../lambdas/core/decide.ts';

const facts = someFacts;
const twoRungs = aPolicy({ ladder: [aRung({ remedy: 'clear-caches', params: {} }), aRung()] });

describe('deciding', () => {
  it('climbs the first rung when nothing stands in the way', () => {
    expect(decide(aQuestion())).toEqual({
      kind: 'remediate',
      rung: 0,
      remedy: 'restart-service',
      passedOver: [],
    });
  });

  it('climbs the next rung after the last one that was tried', () => {
    const attempts = [anAttempt({ rung: 0, result: 'not-recovered' })];
    expect(decide(aQuestion({ policy: twoRungs, snapshot: { attempts, history: attempts } }))).toMatchObject({
      kind: 'remediate',
      rung: 1,
    });
  });

  it('goes past a rung that refused as not applicable', () => {
    const attempts = [anAttempt({ rung: 0, acts: false, result: 'not-applicable' })];
    expect(decide(aQuestion({ policy: twoRungs, snapshot: { attempts } }))).toMatchObject({ kind: 'remediate', rung: 1 });
  });

  it('verifies the last rung when the symptom went away after it, whatever the guardrails say', () => {
    const snapshot = {
      symptom: { kind: 'gone', why: 'OK' },
      attempts: [anAttempt({ rung: 0 }), anAttempt({ rung: 1 })],
      pause: { kind: 'paused', why: 'noon' },
    } as const;
    expect(decide(aQuestion({ policy: twoRungs, snapshot }))).toEqual({ kind: 'verify', rung: 1 });
  });

  it('hands off when the ladder is used up, and counts what was really tried', () => {
    const attempts = [anAttempt({ rung: 0, acts: false, result: 'not-applicable' }), anAttempt({ rung: 1, result: 'not-recovered' })];
    expect(decide(aQuestion({ policy: twoRungs, snapshot: { attempts } }))).toMatchObject({
      kind: 'end',
      end: { outcome: 'handed-off', reason: 'ladder-exhausted', why: expect.stringContaining('1 of 2 remedies were tried') },
    });
  });

  it('verifies nothing where nothing was tried', () => {
    expect(decide(aQuestion({ snapshot: { symptom: { kind: 'gone', why: 'OK' } } }))).toEqual({
      kind: 'end',
      end: { outcome: 'skipped', reason: 'already-recovered', why: 'OK' },
    });
  });

  it('skips when paused before anything was done', () => {
    const snapshot = { pause: { kind: 'paused', why: 'noon' } } as const;
    expect(decide(aQuestion({ snapshot }))).toEqual({ kind: 'end', end: { outcome: 'skipped', reason: 'paused', why: 'noon' } });
  });

  it('hands off when paused after something was changed', () => {
    const snapshot = { pause: { kind: 'paused', why: 'noon' }, attempts: [anAttempt()] } as const;
    expect(decide(aQuestion({ policy: twoRungs, snapshot }))).toMatchObject({
      kind: 'end',
      end: { outcome: 'handed-off', reason: 'paused' },
    });
  });

  it('names the first guardrail in order when several object', () => {
    const snapshot = {
      pause: { kind: 'paused', why: 'noon' },
      facts: { ...facts, tags: { SelfHealExclude: 'yes' } },
      slots: { other: aSlot(NOW + HOUR) },
    } as const;
    expect(decide(aQuestion({ snapshot }))).toMatchObject({ end: { reason: 'paused' } });
  });

  it('asks no cooldown, cap or slot of a rung that changes nothing', () => {
    const snapshot = { history: Array.from({ length: 5 }, () => anAttempt({ at: NOW - SECOND })), slots: { other: aSlot(NOW + HOUR) } };
    const policy = aPolicy({ ladder: [waitRung] });
    expect(decide(aQuestion({ policy, snapshot }))).toMatchObject({ kind: 'remediate', remedy: 'wait-and-see' });
  });

  it('waits until the cooldown ends when the same target was just acted on', () => {
    const snapshot = { history: [anAttempt({ at: NOW - MINUTE })] };
    expect(decide(aQuestion({ snapshot }))).toMatchObject({ kind: 'wait', reason: 'cooldown', until: NOW + 2 * MINUTE });
  });

  it('hands off instead of waiting longer than the policy is willing to', () => {
    const policy = aPolicy({ guardrails: { waitAtMost: { minutes: 1 } } });
    const snapshot = { history: [anAttempt({ at: NOW - MINUTE })] };
    expect(decide(aQuestion({ policy, snapshot, incident: anIncident({ receivedAt: NOW }) }))).toMatchObject({
      kind: 'end',
      end: { outcome: 'handed-off', reason: 'cooldown' },
    });
  });

  it('is patient anew after each attempt', () => {
    const policy = aPolicy({ ladder: twoRungs.ladder, guardrails: { waitAtMost: { minutes: 5 } } });
    const attempts = [anAttempt({ at: NOW - MINUTE, result: 'not-recovered' })];
    const question = aQuestion({ policy, snapshot: { attempts, history: attempts }, incident: anIncident({ receivedAt: NOW - HOUR }) });
    expect(decide(question)).toMatchObject({ kind: 'wait', reason: 'cooldown' });
  });

  it('calls a person when the symptom stays unreadable', () => {
    const snapshot = { symptom: { kind: 'unknown', why: 'no data' } } as const;
    const patient = aQuestion({ snapshot });
    const impatient = aQuestion({ snapshot, incident: anIncident({ receivedAt: NOW - HOUR }) });
    expect(decide(patient)).toMatchObject({ kind: 'wait', reason: 'symptom-unknown' });
    expect(decide(impatient)).toMatchObject({ end: { outcome: 'handed-off', reason: 'symptom-unknown' } });
  });

  it('calls a person at once when the one who looks is at fault, which waiting does not mend', () => {
    const snapshot = { symptom: { kind: 'unknown', observerAtFault: true, why: 'nothing comes back' } } as const;
    expect(decide(aQuestion({ snapshot }))).toMatchObject({
      end: { outcome: 'handed-off', reason: 'observer-at-fault', why: expect.stringContaining('nothing comes back') },
    });
  });

  it('names what AWS did not take when nothing else was tried', () => {
    const attempts = [
      anAttempt({ rung: 0, remedy: 'clear-caches', result: 'not-taken', why: 'AccessDenied' }),
      anAttempt({ rung: 1, result: 'not-taken', why: 'InvalidInstanceId' }),
    ];
    expect(decide(aQuestion({ policy: twoRungs, snapshot: { attempts } }))).toEqual({
      kind: 'end',
      end: {
        outcome: 'handed-off',
        reason: 'act-not-taken',
        why: 'clear-caches: AccessDenied; restart-service: InvalidInstanceId',
      },
    });
  });

  it.each([
    ['none of them where none applied', 'not-applicable', undefined, 0],
    ['those that were done beside one that AWS did not take', 'not-taken', 'not-recovered', 1],
    ['all that were done', 'failed', 'not-recovered', 2],
  ] as const)('counts the remedies that were tried: %s', (_, first, second, tried) => {
    const attempts = [anAttempt({ rung: 0, result: first, why: 'Denied' }), anAttempt({ rung: 1, result: second ?? 'not-applicable' })];
    expect(decide(aQuestion({ policy: twoRungs, snapshot: { attempts } }))).toMatchObject({
      end: { reason: 'ladder-exhausted', why: `${tried} of 2 remedies were tried; alarm healing-Web-memory is ALARM` },
    });
  });

  it('skips when paused after a remedy that did not apply, since nothing was changed', () => {
    const attempts = [anAttempt({ result: 'not-applicable' }), anAttempt({ rung: 1, acts: false, result: 'not-recovered' })];
    const snapshot = { pause: { kind: 'paused', why: 'noon' }, attempts } as const;
    expect(decide(aQuestion({ policy: twoRungs, snapshot }))).toMatchObject({ end: { outcome: 'skipped', reason: 'paused' } });
  });
});

describe('the patience of a policy', () => {
  const unreadable = { kind: 'unknown', why: 'no data' } as const;
  const old = anIncident({ receivedAt: NOW - 2 * HOUR });
  const looks = (given: Parameters<typeof aQuestion>[0]) => decide(aQuestion({ incident: old, ...given }));

  it('lasts as long as the next look is still within it', () => {
    const waits = (receivedAt: number) => decide(aQuestion({ snapshot: { symptom: unreadable }, incident: anIncident({ receivedAt }) }));
    expect(waits(NOW + 30 * SECOND - 30 * MINUTE)).toEqual({
      kind: 'wait',
      reason: 'symptom-unknown',
      why: 'no data',
      until: NOW + 30 * SECOND,
    });
    expect(waits(NOW + 30 * SECOND - 30 * MINUTE - 1)).toEqual({
      kind: 'end',
      end: { outcome: 'handed-off', reason: 'symptom-unknown', why: 'no data; waited 30 min' },
    });
  });

  it.each([
    ['begins anew when an attempt is judged', { judgedAt: NOW - 10 * MINUTE, result: 'not-recovered' }, 'wait'],
    ['begins anew with an attempt of an earlier version, which tells not when it was judged', { at: NOW - 10 * MINUTE }, 'wait'],
    ['is used up an hour after the attempt', { at: NOW - HOUR, result: 'not-recovered' }, 'end'],
    ['is not lengthened by what AWS did not take', { judgedAt: NOW - MINUTE, at: NOW - MINUTE, result: 'not-taken', again: true }, 'end'],
  ] as const)('%s', (_, attempt, kind) => {
    expect(looks({ snapshot: { symptom: unreadable, attempts: [anAttempt(attempt)] } })).toMatchObject({ kind });
  });

  it.each([
    ['begins anew when people answered', old.id, NOW - 10 * MINUTE, 'wait'],
    ['is used up an hour after their answer', old.id, NOW - HOUR, 'end'],
    ['is not lengthened by an answer that is dated far ahead', old.id, NOW + 10_000 * HOUR, 'end'],
    ['is not lengthened by an answer about another incident', 'b'.repeat(64), NOW - 10 * MINUTE, 'end'],
  ] as const)('%s', (_, incident, at, kind) => {
    const request = {
      ...{ id: `${incident}-0`, incident, policy: 'Web-memory', target: old.target, rung: 0, remedy: 'restart-service' },
      ...{ seen: 'memory', summary: 'restart', askedAt: NOW - HOUR, until: NOW, approvers: 1 },
    };
    const requests = [{ request, answers: [{ voter: 'anna', who: 'arn:anna', answer: 'approve', at } as const] }];
    expect(looks({ snapshot: { symptom: unreadable, requests } })).toMatchObject({ kind });
  });
});
