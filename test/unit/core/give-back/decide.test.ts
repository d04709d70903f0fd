import { anAttempt, aPolicy, aQuestion, HOUR, MINUTE, NOW, SECOND } from '@self-healing/simulation/builders.ts';
import { describe, expect, it } from 'vitest';
import { decideGiveBack, lookAgainAt, postpone } from '../../../../lambdas/core/give-back/decide.ts';
import type { Snapshot } from '../../../../lambdas/core/guardrails/guardrail.ts';
import { giveBackGuardrails, guardrails } from '../../../../lambdas/core/guardrails/registry.ts';

const WAIT = { minutes: 30 };
const keeping = { rung: 0, below: [], since: NOW - 30 * MINUTE };
const gone = { kind: 'gone', why: 'OK' } as const;

const decided = (snapshot: Partial<Snapshot> = {}, since = keeping.since) =>
  decideGiveBack(aQuestion({ snapshot: { symptom: gone, ...snapshot } }), { ...keeping, since }, WAIT);

describe('deciding to give back', () => {
  it('has nothing against it when it is due to the millisecond and the symptom is gone', () => {
    expect(decided()).toBeUndefined();
  });

  it.each([
    ['a millisecond early', {}, keeping.since + 1, 'not-due', NOW + 1, 'it is not due yet'],
    [
      'when the symptom is back',
      { symptom: { kind: 'present', why: 'ALARM' } },
      keeping.since,
      'symptom-present',
      NOW + 30 * MINUTE,
      'the symptom is back: ALARM',
    ],
    [
      'when the symptom cannot be seen',
      { symptom: { kind: 'unknown', why: 'no data' } },
      keeping.since,
      'symptom-unknown',
      NOW + 5 * MINUTE,
      'no data',
    ],
    ['when the switch is set', { pause: { kind: 'paused', why: 'noon' } }, keeping.since, 'paused', NOW + 5 * MINUTE, 'noon'],
    [
      'when the policy was put in shadow since',
      { override: { mode: 'shadow', why: 'look first', at: NOW, by: 'Ada' } },
      keeping.since,
      'shadow',
      NOW + 5 * MINUTE,
      'the policy is in shadow mode now',
    ],
    [
      'in the cooldown',
      { history: [anAttempt({ at: NOW - SECOND })] },
      keeping.since,
      'cooldown',
      NOW + 5 * MINUTE,
      'instance i-0aaaabbbbccccdddd was acted on 1 s ago',
    ],
  ] as const)('keeps it for now %s', (_, snapshot, since, reason, at, why) => {
    expect(decided(snapshot, since)).toEqual({ reason, at, why });
  });

  it('asks every guardrail but those about the symptom and about a second incident of the policy', () => {
    expect(guardrails.filter((guardrail) => !giveBackGuardrails.includes(guardrail)).map(({ name }) => name)).toEqual([
      'muting',
      'recovery',
      'visibility',
      'oneIncident',
    ]);
  });
});

describe('looking again', () => {
  it.each([
    ['a sixth of the wait', WAIT, NOW + 5 * MINUTE],
    ['not more often than the policy looks', { minutes: 1 }, NOW + 30 * SECOND],
  ])('is after %s', (_, wait, at) => {
    expect(lookAgainAt(wait, { policy: aPolicy(), now: NOW })).toBe(at);
  });
});

describe('postponing', () => {
  const until = NOW + 24 * HOUR;
  const to = (at: number) => postpone({ at, reason: 'paused', why: 'noon' }, keeping, WAIT);

  it('keeps it until the next look, to the end of the day after it was due', () => {
    expect(to(until)).toEqual({ do: 'keep', at: new Date(until).toISOString(), keeping });
  });

  it('keeps it for good beyond that day', () => {
    expect(to(until + 1)).toEqual({
      do: 'report-give-back',
      keeping,
      result: { reason: 'kept-too-long', why: '24 h after it was due: noon' },
    });
  });

  it('ends at once when the target is gone', () => {
    expect(postpone({ at: NOW, reason: 'target-gone', why: 'deleted' }, keeping, WAIT)).toMatchObject({
      result: { reason: 'no-longer-ours', why: 'deleted' },
    });
  });
});
