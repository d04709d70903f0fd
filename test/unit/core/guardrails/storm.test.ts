import { anAttempt, anIncident, aPolicy, aQuestion, aSnapshot, MINUTE, NOW, SECOND } from '@self-healing/simulation/builders.ts';
import { describe, expect, it } from 'vitest';
import { decide } from '../../../../lambdas/core/decide.ts';
import type { StormWatch } from '../../../../lambdas/core/guardrails/guardrail.ts';
import { storm as guardrail } from '../../../../lambdas/core/guardrails/storm.ts';
import type { Storm } from '../../../../lambdas/core/storm.ts';

const OWN = anIncident().id;
const OTHER = 'b'.repeat(64);

function aStorm(given: Partial<Storm> = {}): Storm {
  return {
    lead: OTHER,
    since: NOW - 2 * MINUTE,
    speaksAt: NOW - MINUTE,
    lookedAt: NOW - 2 * MINUTE,
    until: NOW + 13 * MINUTE,
    version: 1,
    ...given,
  };
}

function asked(stormWatch: Partial<StormWatch> = {}, more: Parameters<typeof aSnapshot>[0] = {}) {
  return aQuestion({ snapshot: { ...more, stormWatch: { recent: 1, inAlarm: 1, ...stormWatch } } });
}

const { facts } = aSnapshot();
const sized = (groupSize: number) => ({ facts: { ...facts, groupSize } });

describe('the guardrail of storms', () => {
  it.each<[string, number, Partial<StormWatch>, boolean]>([
    ['two of ten', 10, { recent: 2 }, false],
    ['three of ten', 10, { recent: 3 }, true],
    ['nine of fifty', 50, { recent: 9 }, false],
    ['ten of fifty', 50, { recent: 10 }, true],
    ['nine of a thousand', 1_000, { recent: 9 }, false],
    ['ten of a thousand', 1_000, { recent: 10 }, true],
    ['both of two', 2, { recent: 2, inAlarm: 2 }, false],
    ['two of three', 3, { recent: 2, inAlarm: 2 }, false],
    ['half of six in ALARM now, one of them lately', 6, { recent: 1, inAlarm: 3 }, false],
    ['three of five in ALARM now, one of them lately', 5, { recent: 1, inAlarm: 3 }, true],
    ['four of six in ALARM now, one of them lately', 6, { recent: 1, inAlarm: 4 }, true],
  ])('%s', (_, groupSize, stormWatch, isStorm) => {
    expect(guardrail(asked(stormWatch, sized(groupSize)))?.kind).toBe(isStorm ? 'declare' : undefined);
  });

  it('says how many of how many, and what makes a storm', () => {
    expect(guardrail(asked({ recent: 10, inAlarm: 7 }, sized(50)))).toEqual({
      kind: 'declare',
      reason: 'storm',
      why: 'memory used above 90 % on 10 of 50 members, on 7 of them now: 10 within 10 min make a storm',
    });
  });

  it.each([
    [5, 200],
    [undefined, 501],
  ])('takes most of what one of %s alarms sees for most of the group', (shards, isNone) => {
    const policy = aPolicy({ targets: { kind: 'contributor', attribute: 'InstanceId', ...(shards && { shards }) } });
    const judged = (inAlarm: number) =>
      guardrail(aQuestion({ policy, snapshot: { ...sized(2_000), stormWatch: { recent: 1, inAlarm } } }))?.kind;
    expect([judged(isNone), judged(shards ? isNone + 1 : 1_001)]).toEqual([undefined, 'declare']);
  });

  it('says that more than half is a storm, too', () => {
    expect(guardrail(asked({ recent: 1, inAlarm: 4 }, sized(6)))?.why).toBe(
      'memory used above 90 % on 1 of 6 members, on 4 of them now: more than half make a storm',
    );
  });

  it('says nothing of members in ALARM where the alarm does not tell', () => {
    expect(guardrail(asked({ recent: 3, inAlarm: 0 }))?.why).toBe(
      'memory used above 90 % on 3 of 10 members: 3 within 10 min make a storm',
    );
  });

  it('lets what came at another time wait until the storm is over', () => {
    const storm = aStorm({ span: { from: NOW - 50 * MINUTE, to: NOW - 40 * MINUTE } });
    expect(guardrail(asked({ storm }))).toEqual({
      kind: 'wait',
      reason: 'storm',
      why: 'other members of the group have had the same symptom together since 2026-11-02T10:18:00.000Z; this one came at another time',
      until: storm.until,
    });
  });

  it('is not asked of a target that is its own group', () => {
    expect(guardrail(aQuestion())).toBeUndefined();
  });

  it.each([
    ['whose symptom is gone', { symptom: { kind: 'gone' as const, why: '' } }],
    ['that is no member', { facts: { ...facts, inGroup: false } }],
    ['that is being terminated', { facts: { ...facts, presence: 'leaving' as const } }],
  ])('lets no target declare a storm %s', (_, more) => {
    expect(guardrail(asked({ recent: 9, inAlarm: 9 }, more))).toBeUndefined();
  });

  it.each([{ disabled: true as const }, { suppressed: true as const }, { suppressed: 'perhaps' as const }])(
    'leaves it to the guardrail of muting while the alarm is kept quiet, or may be: %j',
    (quiet) => {
      const question = asked({ recent: 9, inAlarm: 9 }, { symptom: { kind: 'present', why: '', ...quiet } });
      expect(guardrail(question)).toBeUndefined();
      const reason =
        'suppressed' in quiet && quiet.suppressed === 'perhaps' ? { kind: 'wait', reason: 'muted' } : { end: { reason: 'muted' } };
      expect(decide(question)).toMatchObject(reason);
      const paused = { ...question, snapshot: { ...question.snapshot, pause: { kind: 'paused' as const, why: '' } } };
      expect(decide(paused)).toMatchObject(reason);
    },
  );

  it('declares one although the symptom of the target cannot be read, as when CloudWatch lists no more contributors', () => {
    expect(guardrail(asked({ recent: 9 }, { symptom: { kind: 'unknown', why: '' } }))?.kind).toBe('declare');
  });

  it.each([
    ['ends untold what did nothing', [], 'part-of-storm'],
    ['ends untold what acted before the lead gathered', [anAttempt({ at: NOW - 4 * MINUTE })], 'part-of-storm'],
    ['ends untold what waited only, whenever that was', [anAttempt({ at: NOW - SECOND, acts: false })], 'part-of-storm'],
    ['lets what acted too late for the message of the lead speak for itself', [anAttempt({ at: NOW - 80 * SECOND })], 'storm'],
  ])('while a storm lasts that another incident leads, %s', (_, attempts, reason) => {
    expect(guardrail(asked({ storm: aStorm() }, { attempts }))).toMatchObject({
      kind: 'end',
      reason,
      why: expect.stringContaining(OTHER),
    });
  });

  it('asks anew when the storm is over', () => {
    expect(guardrail(asked({ storm: aStorm({ until: NOW }) }))).toBeUndefined();
    expect(guardrail(asked({ storm: aStorm({ until: NOW }), recent: 3 }))?.kind).toBe('declare');
  });

  it('lets the lead gather, then hand off', () => {
    const storm = aStorm({ lead: OWN, speaksAt: NOW + SECOND });
    expect(guardrail(asked({ storm }))).toEqual({
      kind: 'wait',
      reason: 'storm',
      why: 'memory used above 90 % on 1 of 10 members, on 1 of them now; see how far it goes',
      until: NOW + SECOND,
    });
    expect(guardrail(asked({ storm: { ...storm, speaksAt: NOW } }))).toEqual({
      kind: 'end',
      reason: 'storm',
      why: 'memory used above 90 % on 1 of 10 members, on 1 of them now',
    });
  });

  it('lets the lead speak for the others although its storm is over', () => {
    const storm = aStorm({ lead: OWN, until: NOW - MINUTE });
    expect(guardrail(asked({ storm }))).toMatchObject({ kind: 'end', reason: 'storm' });
  });
});

describe('in a storm, the decision', () => {
  it.each([
    ['paused', { pause: { kind: 'paused' as const, why: 'noon' } }],
    ['recovered', { symptom: { kind: 'gone' as const, why: 'OK' } }],
    ['recovered after an attempt', { symptom: { kind: 'gone' as const, why: 'OK' }, attempts: [anAttempt()] }],
    ['gone', { facts: { ...facts, presence: 'absent' as const } }],
  ])('of the lead is to hand off for all, even when it is %s itself', (_, more) => {
    const decision = decide(asked({ storm: aStorm({ lead: OWN }) }, more));
    expect(decision).toMatchObject({ kind: 'end', end: { outcome: 'handed-off', reason: 'storm' } });
  });

  it('of an incident whose symptom went away after an attempt is still to verify', () => {
    const more = { symptom: { kind: 'gone' as const, why: 'OK' }, attempts: [anAttempt()] };
    expect(decide(asked({ storm: aStorm() }, more))).toEqual({ kind: 'verify', rung: 0 });
  });

  it('of a paused pipeline is one storm, not a message for each member', () => {
    const decision = decide(asked({ recent: 10 }, { pause: { kind: 'paused', why: 'noon' } }));
    expect(decision.kind).toBe('declare');
  });

  it('of the lead that has waited long already is to hand off at once', () => {
    const incident = anIncident({ receivedAt: NOW - 30 * MINUTE });
    const storm = aStorm({ lead: OWN, speaksAt: NOW + MINUTE });
    const decision = decide(aQuestion({ incident, policy: aPolicy(), snapshot: { stormWatch: { recent: 9, inAlarm: 9, storm } } }));
    expect(decision).toMatchObject({ kind: 'end', end: { reason: 'storm' } });
  });
});
