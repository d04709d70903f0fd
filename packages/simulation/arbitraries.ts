import fc from 'fast-check';
import type { Answer, AnsweredRequest } from '../../lambdas/core/approval.ts';
import type { ChangeConditions } from '../../lambdas/core/change-conditions.ts';
import { type Breaker, closedBreaker, isolate } from '../../lambdas/core/circuit-breaker.ts';
import type { Slots } from '../../lambdas/core/claim.ts';
import type { Question } from '../../lambdas/core/guardrails/guardrail.ts';
import { type Attempt, attemptToken } from '../../lambdas/core/incident.ts';
import type { ModeOverride } from '../../lambdas/core/mode.ts';
import { anAttempt, anIncident, aPolicy, aProviderEvent, aRung, HOUR, MINUTE, NOW, SECOND, waitRung } from './builders.ts';

const soon = fc.integer({ min: -2 * HOUR, max: 2 * HOUR }).map((span) => NOW + span);
const past = fc.integer({ min: 0, max: 26 * HOUR }).map((span) => NOW - span);
const someone = fc.constantFrom(anIncident().id, 'b'.repeat(64), 'c'.repeat(64), 'd'.repeat(64));

export const someDuration = fc.oneof(
  fc.record({ seconds: fc.integer({ min: 0, max: 600 }) }),
  fc.record({ minutes: fc.integer({ min: 0, max: 90 }) }),
  fc.record({ hours: fc.integer({ min: 0, max: 30 }) }),
);

export const someSlots: fc.Arbitrary<Slots> = fc.dictionary(
  someone,
  fc.record({ until: soon, target: fc.constantFrom('instance#i-00000001', 'instance#i-00000002'), zone: fc.constantFrom('a', 'b') }),
  { maxKeys: 3 },
);

/** Mostly the first, which lets the later guardrails be reached; sometimes one of the others. */
function mostly<T>(usual: T, ...others: readonly T[]): fc.Arbitrary<T> {
  return fc.oneof({ weight: 6, arbitrary: fc.constant(usual) }, ...others.map((other) => ({ weight: 1, arbitrary: fc.constant(other) })));
}

const someSymptom = fc.record({ kind: mostly<'present' | 'gone' | 'unknown'>('present', 'gone', 'unknown'), why: fc.string() });

/** Mostly closed; else in any state, open or half-open for a while yet or no longer. */
const someBreaker: fc.Arbitrary<Breaker> = fc.oneof(
  { weight: 4, arbitrary: fc.constant(closedBreaker) },
  { weight: 1, arbitrary: fc.record({ state: fc.constant('open' as const), since: past, until: soon, why: fc.string() }) },
  { weight: 1, arbitrary: fc.record({ state: fc.constant('half-open' as const), trial: someone, until: soon, why: fc.string() }) },
  { weight: 1, arbitrary: fc.constant(isolate('Anna', 'noon', NOW)) },
);
const someChangeConditions: fc.Arbitrary<ChangeConditions> = fc.record({
  calendar: mostly<ChangeConditions['calendar']>(
    { kind: 'open' },
    { kind: 'closed', changesAt: NOW + HOUR },
    { kind: 'closed' },
    { kind: 'unreadable', why: 'denied', lasting: true },
    { kind: 'unreadable', why: 'throttled', lasting: false },
  ),
  deployments: mostly<readonly string[]>([], ['instance refresh of Auto Scaling group web']),
  providerEvents: mostly<ChangeConditions['providerEvents']>([], [aProviderEvent()]),
});

const somePolicy = fc
  .record({
    mode: mostly<'automatic' | 'approval' | 'shadow'>('automatic', 'approval', 'shadow'),
    approval: fc.record({ within: fc.constant({ minutes: 15 }), approvers: fc.integer({ min: 1, max: 2 }) }),
    ladder: fc.array(fc.constantFrom(aRung(), waitRung), { minLength: 1, maxLength: 4 }),
    guardrails: fc.record({
      cooldown: someDuration,
      attempts: fc.record({ most: fc.integer({ min: 1, max: 6 }), per: someDuration }),
      cooldownGrowth: fc.integer({ min: 1, max: 3 }),
      budget: fc.record({ acts: fc.integer({ min: 1, max: 5 }), per: someDuration }),
      blastRadius: fc.record({
        percent: fc.integer({ min: 1, max: 100 }),
        members: fc.integer({ min: 1, max: 5 }),
        zonePercent: fc.integer({ min: 1, max: 100 }),
      }),
      waitAtMost: someDuration,
      lookEvery: fc.constant({ seconds: 30 }),
    }),
  })
  .map(aPolicy);

/** Own attempts are those of the first rungs, as the store gives them. */
function ownAttempts(times: readonly number[]): readonly Attempt[] {
  return times.map((at, rung) => anAttempt({ rung, at, result: 'not-recovered', acts: rung % 2 === 0 }));
}

/** Answers of at most three people, in time or late. */
const someAnswer: fc.Arbitrary<Answer> = fc.record({
  voter: fc.constantFrom('AIDA1', 'AIDA2', 'AROA3:ben'),
  who: fc.constant('arn:aws:iam::123456789012:user/anna'),
  answer: mostly<'approve' | 'deny'>('approve', 'deny'),
  at: fc.integer({ min: -20 * MINUTE, max: 5 * MINUTE }).map((span) => NOW + span),
});

/** A question of the policy about the target, of this incident's rung or of another incident. */
const someAnsweredRequest: fc.Arbitrary<AnsweredRequest> = fc
  .record({
    incident: mostly(anIncident().id, 'b'.repeat(64)),
    rung: fc.nat({ max: 3 }),
    approvers: fc.integer({ min: 1, max: 2 }),
    askedAt: fc.integer({ min: -40 * MINUTE, max: 0 }).map((span) => NOW + span),
    answers: fc.uniqueArray(someAnswer, { maxLength: 3, selector: ({ voter }) => voter }),
  })
  .map(({ answers, ...asked }) => ({
    request: {
      ...asked,
      id: attemptToken(asked.incident, asked.rung),
      policy: 'Web-memory',
      target: anIncident().target,
      remedy: 'restart-service',
      seen: 'memory used above 90 %',
      summary: 'use restart-service',
      until: asked.askedAt + 15 * MINUTE,
    },
    answers,
  }));

/** Any question that triage could put to `decide`. */
export const someQuestion: fc.Arbitrary<Question> = fc.record({
  incident: fc.constantFrom(anIncident(), anIncident({ receivedAt: NOW - 3 * HOUR })),
  policy: somePolicy,
  now: fc.constantFrom(NOW, NOW + SECOND, NOW + 10 * MINUTE),
  snapshot: fc.record(
    {
      pause: mostly<Question['snapshot']['pause']>({ kind: 'running' }, { kind: 'paused', why: 'noon' }),
      facts: fc.record({
        presence: mostly<'present' | 'leaving' | 'absent'>('present', 'leaving', 'absent'),
        tags: mostly<Record<string, string>>({}, { SelfHealExclude: 'true' }, { SelfHealExclude: 'false' }, { SelfHealExclude: '' }),
        inGroup: mostly(true, false),
        groupSize: fc.oneof({ weight: 9, arbitrary: fc.integer({ min: 1, max: 60 }) }, { weight: 1, arbitrary: fc.constant(0) }),
        zone: fc.constantFrom('a', 'b'),
        zoneSize: fc.integer({ min: 1, max: 30 }),
        healthy: fc.boolean(),
        healthyOthers: fc.array(fc.constantFrom('instance#i-00000001', 'instance#i-00000002', 'instance#i-00000003')),
      }),
      symptom: someSymptom,
      changeConditions: someChangeConditions,
      attempts: fc.array(past, { maxLength: 3 }).map(ownAttempts),
      history: fc.array(past, { maxLength: 3 }).map((times) => times.map((at) => anAttempt({ at }))),
      lease: fc.record({
        incident: mostly(anIncident().id, 'b'.repeat(64), 'c'.repeat(64)),
        policy: fc.constantFrom('Web-memory', 'Web-disk'),
        expiresAt: soon,
      }),
      openings: fc.array(past, { maxLength: 8 }).map((times) => times.map((at) => ({ incident: 'x', policy: anIncident().policy, at }))),
      slots: someSlots,
      spending: fc.dictionary(fc.string(), past, { maxKeys: 6 }),
      breaker: someBreaker,
      override: fc.constantFrom<ModeOverride>(
        { mode: 'approval', why: 'failed', at: NOW, by: 'self-healing' },
        { mode: 'shadow', why: 'asked to', at: NOW, by: 'anna' },
      ),
      requests: fc.array(someAnsweredRequest, { maxLength: 3 }),
      watched: fc.nat({ max: 1 }),
    },
    {
      requiredKeys: [
        'pause',
        'facts',
        'symptom',
        'changeConditions',
        'attempts',
        'history',
        'openings',
        'slots',
        'spending',
        'breaker',
        'requests',
      ],
    },
  ),
});
