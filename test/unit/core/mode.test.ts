import { anAttempt, anIncident, aPolicy, aQuestion, aRung, MINUTE, NOW, waitRung } from '@self-healing/simulation/builders.ts';
import { describe, expect, it } from 'vitest';
import { decide } from '../../../lambdas/core/decide.ts';
import {
  demotionAfter,
  effectiveMode,
  isStillAllowed,
  lessStrictThan,
  type Mode,
  type ModeOverride,
  modes,
  overrideIn,
} from '../../../lambdas/core/mode.ts';
import { endFor } from '../../../lambdas/core/reasons.ts';

const override = (mode: Mode): ModeOverride => ({ mode, why: 'a failure', at: NOW, by: 'self-healing' });

describe('the mode in force', () => {
  it.each<[Mode, Mode | undefined, Mode]>([
    ['automatic', undefined, 'automatic'],
    ['automatic', 'approval', 'approval'],
    ['automatic', 'shadow', 'shadow'],
    ['approval', 'automatic', 'approval'],
    ['shadow', 'approval', 'shadow'],
  ])('of a policy with %s under an override to %s is %s', (own, other, mode) => {
    expect(effectiveMode(own, other && override(other))).toBe(mode);
  });
});

describe('an override in the incident table', () => {
  it('is read as it was written', () => {
    expect(overrideIn({ override: override('approval') })).toStrictEqual(override('approval'));
  });

  it.each([undefined, null])('that is not there is none: %s', (item) => expect(overrideIn(item)).toBeUndefined());

  it.each([
    [{}],
    [{ override: null }],
    [{ override: 'x' }],
    [{ override: [] }],
    [{ override: {} }],
    [{ override: { mode: 'Automatic' } }],
    [{ override: { mode: 0 } }],
  ])('from which no mode can be read is one to the strictest: %j', (item) => {
    expect(overrideIn(item)).toStrictEqual({
      ...{ mode: 'shadow', why: 'it is not known why', at: Number.NaN, by: '', unreadable: true },
    });
    expect(effectiveMode('automatic', overrideIn(item))).toBe('shadow');
  });

  it.each(modes)('to %s is one where nothing else can be read', (mode) => {
    expect(overrideIn({ override: { mode, why: {}, at: 'noon', by: 7 } })).toStrictEqual({
      ...{ mode, why: 'it is not known why', at: Number.NaN, by: '' },
    });
  });
});

describe('a mode', () => {
  it('is the strictest under an override of a later version that this one does not know', () => {
    expect(effectiveMode('automatic', override('asks-twice' as never))).toBe('shadow');
  });

  it.each<[Mode, readonly Mode[]]>([
    ['shadow', ['approval', 'automatic']],
    ['approval', ['automatic']],
    ['automatic', []],
  ])('is less strict than %s: %j', (mode, others) => {
    expect(lessStrictThan(mode)).toEqual(others);
  });

  it.each<[Mode, Mode | undefined, boolean, boolean]>([
    ['automatic', undefined, false, true],
    ['automatic', 'approval', false, false],
    ['automatic', 'approval', true, true],
    ['automatic', 'shadow', true, false],
    ['shadow', undefined, true, false],
  ])('of %s, demoted to %s, lets a rung be climbed that was approved (%s): %s', (own, other, approved, allowed) => {
    expect(isStillAllowed(effectiveMode(own, other && override(other)), approved)).toBe(allowed);
  });
});

describe('deciding in shadow', () => {
  it('watches in the place of climbing, and wants no claim', () => {
    expect(decide(aQuestion({ policy: aPolicy({ mode: 'shadow' }) }))).toEqual({ kind: 'watch', rung: 0, remedy: 'restart-service' });
  });

  it('does not even climb a rung that only waits, since that would take the lease', () => {
    expect(decide(aQuestion({ policy: aPolicy({ mode: 'shadow', ladder: [waitRung] }) }))).toMatchObject({ kind: 'watch', rung: 0 });
  });

  it('goes on after a rung whose time has passed', () => {
    const policy = aPolicy({ mode: 'shadow', ladder: [waitRung, aRung()] });
    expect(decide(aQuestion({ policy, snapshot: { watched: 0 } }))).toEqual({ kind: 'watch', rung: 1, remedy: 'restart-service' });
  });

  it('names the guardrail that would have objected', () => {
    const snapshot = { pause: { kind: 'paused', why: 'noon' } } as const;
    expect(decide(aQuestion({ policy: aPolicy({ mode: 'shadow' }), snapshot }))).toMatchObject({ end: { reason: 'paused' } });
  });
});

describe('deciding in approval', () => {
  const policy = aPolicy({ mode: 'approval', ladder: [waitRung, aRung()] });
  const waited = [anAttempt({ rung: 0, acts: false, remedy: 'wait-and-see', result: 'not-recovered', at: NOW - 5 * MINUTE })];
  const asked = (given: { incident?: string; rung?: number; answer?: 'approve' | 'deny'; askedAt?: number }) => {
    const { incident = anIncident().id, rung = 1, answer, askedAt = NOW - MINUTE } = given;
    const { policy: name, target } = anIncident();
    const request = {
      ...{ id: `${incident}-${rung}`, incident, policy: name, target, rung, remedy: 'restart-service', seen: 'memory', summary: 'it' },
      ...{ askedAt, until: askedAt + 15 * MINUTE, approvers: 1 },
    };
    return { request, answers: answer ? [{ voter: 'a', who: 'arn:anna', answer, at: askedAt }] : [] };
  };
  const decided = (...requests: readonly ReturnType<typeof asked>[]) =>
    decide(aQuestion({ policy, snapshot: { attempts: waited, requests } }));

  it('asks nobody for a rung that changes nothing', () => {
    expect(decide(aQuestion({ policy }))).toMatchObject({ kind: 'remediate', rung: 0 });
  });

  it('asks before a rung that changes something', () => {
    expect(decided()).toEqual({ kind: 'ask', rung: 1, remedy: 'restart-service', until: NOW + 15 * MINUTE });
  });

  it('waits for the same question until its first time is up', () => {
    expect(decided(asked({}))).toMatchObject({ kind: 'ask', until: NOW + 14 * MINUTE });
  });

  it('climbs the rung that was approved, and says by whom', () => {
    expect(decided(asked({ answer: 'approve' }))).toMatchObject({ kind: 'remediate', rung: 1, approvedBy: ['arn:anna'] });
  });

  it('asks anew for another rung', () => {
    expect(decided(asked({ rung: 0, answer: 'approve' }))).toMatchObject({ kind: 'ask', rung: 1 });
  });

  it('asks anew for another rung of the incident while the question about the one before is open', () => {
    expect(decided(asked({ rung: 0 }))).toMatchObject({ kind: 'ask', rung: 1, until: NOW + 15 * MINUTE });
  });

  it("does not take another incident's approval, and asks once for both", () => {
    expect(decided(asked({ incident: 'b'.repeat(64), answer: 'approve' }))).toMatchObject({ kind: 'ask' });
    expect(decided(asked({ incident: 'b'.repeat(64) }))).toEqual({
      kind: 'end',
      end: {
        outcome: 'skipped',
        reason: 'already-open',
        why: `incident ${'b'.repeat(64)} of the same policy waits for approval`,
        witness: { kind: 'incident', id: 'b'.repeat(64) },
      },
    });
  });

  it.each([
    ['approval-denied', asked({ answer: 'deny' })],
    ['approval-unanswered', asked({ askedAt: NOW - 16 * MINUTE })],
  ])('hands off as %s', (reason, request) => {
    expect(decided(request)).toMatchObject({ kind: 'end', end: { outcome: 'handed-off', reason } });
  });

  it('asks the guardrails anew after a yes', () => {
    const snapshot = { attempts: waited, requests: [asked({ answer: 'approve' })], pause: { kind: 'paused', why: 'noon' } } as const;
    expect(decide(aQuestion({ policy, snapshot }))).toMatchObject({ end: { reason: 'paused' } });
  });

  it('holds for an automatic policy that was demoted', () => {
    expect(decide(aQuestion({ snapshot: { override: override('approval') } }))).toMatchObject({ kind: 'ask' });
  });
});

describe('a failed repair', () => {
  const failed = [anAttempt({ result: 'not-recovered' })];
  const end = endFor('ladder-exhausted', 'still there', 1);
  const policy = aPolicy({ demoteAfter: 'failed-repair' });
  const open = { state: 'open', since: NOW, until: NOW + MINUTE, why: '3 repairs in a row failed' } as const;

  it('demotes the policy to approval', () => {
    expect(demotionAfter(policy, end, failed, undefined, NOW)).toEqual({
      mode: 'approval',
      why: 'policy Web-memory did not repair its target with restart-service (ladder-exhausted)',
      at: NOW,
      by: 'self-healing',
    });
  });

  it('names each remedy that was in vain, and no other', () => {
    const attempts = [
      anAttempt({ remedy: 'clear-caches', result: 'not-recovered' }),
      anAttempt({ rung: 1, remedy: 'restart-service', result: 'not-taken' }),
      anAttempt({ rung: 2, remedy: 'restart-instance', result: 'failed' }),
    ];
    expect(demotionAfter(policy, end, attempts, undefined, NOW)?.why).toBe(
      'policy Web-memory did not repair its target with clear-caches, restart-instance (ladder-exhausted)',
    );
  });

  it('demotes any policy but one that never wants it, when it opened the breaker', () => {
    expect(demotionAfter(aPolicy(), end, failed, open, NOW)).toMatchObject({
      mode: 'approval',
      why: 'the circuit breaker of policy Web-memory opened: 3 repairs in a row failed',
    });
  });

  it.each([
    ['when the policy wants that only of an open breaker', aPolicy(), end, failed],
    ['when the policy never wants it, even with an open breaker', aPolicy({ name: 'Web-never', demoteAfter: 'never' }), end, failed],
    ['when it asks anyway', aPolicy({ demoteAfter: 'failed-repair', mode: 'approval' }), end, failed],
    ['when nothing was changed', policy, end, [anAttempt({ acts: false, result: 'not-recovered' })]],
    ['when a later rung healed', policy, endFor('healed', 'OK', 2), failed],
    ['when the repair itself worked', policy, endFor('unexpected-error', 'late', 1), [anAttempt({ result: 'recovered' })]],
  ])('demotes nothing %s', (_, given, ended, attempts) => {
    expect(demotionAfter(given, ended, attempts, given.name === 'Web-never' ? open : undefined, NOW)).toBeUndefined();
  });
});
