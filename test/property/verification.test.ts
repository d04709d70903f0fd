import { anInstance } from '@self-healing/simulation/accounts.ts';
import { ALARM_NAME, aState, HOUR, INSTANCE_ID, MINUTE, NOW, SECOND } from '@self-healing/simulation/builders.ts';
import { fakePorts } from '@self-healing/simulation/doubles/fake-ports.ts';
import { driven, endOf } from '@self-healing/simulation/driven-incident.ts';
import { runs } from '@self-healing/simulation/random-input.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Progress, type SymptomReading, type Verification, verify } from '../../lambdas/core/verification.ts';

const why = fc.constant('as it was seen');
const progresses: fc.Arbitrary<Progress> = fc.oneof(
  fc.record({ kind: fc.constant('done' as const), targetReplaced: fc.boolean() }),
  fc.record({ kind: fc.constantFrom('running' as const, 'failed' as const, 'unknown' as const), why }),
);
const readings: fc.Arbitrary<SymptomReading> = fc.record({
  kind: fc.constantFrom('present' as const, 'gone' as const, 'unknown' as const),
  why,
  silent: fc.boolean(),
});
const offsets = fc.integer({ min: -10, max: 10 }).map((minutes) => minutes * MINUTE);

describe('whatever is read', () => {
  it('nothing is judged in flight, and nothing recovered but a symptom that is gone or the silence of a target that was replaced on purpose', () => {
    fc.assert(
      fc.property(progresses, readings, offsets, offsets, offsets, (progress, reading, left, since, flies) => {
        const times = {
          verifyBy: NOW + left,
          flightEnds: NOW + flies,
          goneSince: NOW + since,
          probation: { minutes: 3 },
          lookEvery: { seconds: 30 },
        };
        const answer = verify(progress, reading, times, NOW);
        const isReplaced =
          progress.kind === 'done' && progress.targetReplaced === true && reading.kind === 'unknown' && reading.silent === true;
        const inFlight = flies > 0;
        const mayRecover = (reading.kind === 'gone' && (progress.kind !== 'running' || !inFlight)) || isReplaced;
        expect(answer.kind === 'recovered' || 'goneSince' in answer).toBe(mayRecover);
        if (answer.kind === 'recovered') expect(since).toBeLessThanOrEqual(-3 * MINUTE);
        if (inFlight && (progress.kind === 'running' || progress.kind === 'unknown')) expect(answer.kind).toBe('not-yet');
        if (answer.kind === 'not-yet') expect(answer.lookAgainAt).toBeGreaterThan(NOW);
      }),
      { numRuns: runs(1_000) },
    );
  });
});

/** An alarm that goes off at the instant, is in ALARM for a while and OK for another, and so on. */
interface Toggling {
  readonly at: number;
  readonly inAlarm: number;
  readonly ok: number;
}

const spans = fc.integer({ min: 10, max: 400 }).map((seconds) => seconds * SECOND);
const toggling = fc.record({ at: fc.integer({ min: -400, max: 400 }).map((seconds) => NOW + seconds * SECOND), inAlarm: spans, ok: spans });

function alarmAt({ at, inAlarm, ok }: Toggling, now: number): { readonly state: 'ALARM' | 'OK'; readonly since: number } {
  const begun = at + Math.floor((now - at) / (inAlarm + ok)) * (inAlarm + ok);
  return now < begun + inAlarm ? { state: 'ALARM', since: begun } : { state: 'OK', since: begun + inAlarm };
}

describe('however often a symptom comes and goes', () => {
  it('no verification outlasts its deadline and one probation, or two where the alarm watches others, too', () => {
    fc.assert(
      fc.property(toggling, spans, spans, fc.boolean(), fc.boolean(), (alarm, left, probation, others, reports) => {
        const lookEvery = { seconds: 30 };
        const given = { probation: { seconds: probation / SECOND }, lookEvery };
        const read = (now: number): SymptomReading => {
          const { state, since } = alarmAt(alarm, now);
          if (state === 'ALARM') return { kind: 'present', why: 'ALARM' };
          const reportedAt = Math.floor(now / MINUTE) * MINUTE - MINUTE;
          return { kind: 'gone', why: 'OK', okSince: since, ...(others && { watchesOthers: true }), ...(reports && { reportedAt }) };
        };
        const most = NOW + left + (others ? 2 : 1) * probation + 5 * MINUTE;
        let now = NOW;
        let answer: Verification = verify({ kind: 'done' }, read(now), { ...given, verifyBy: NOW + left }, now);
        while (answer.kind === 'not-yet') {
          expect(answer.lookAgainAt).toBeLessThanOrEqual(most);
          now = answer.lookAgainAt;
          answer = verify({ kind: 'done' }, read(now), { ...given, ...answer }, now);
        }
        const { state, since } = alarmAt(alarm, now);
        if (answer.kind === 'recovered' && !others) expect([state, since <= now - probation]).toEqual(['OK', true]);
      }),
      { numRuns: runs(1_000) },
    );
  });

  it('an incident ends', async () => {
    await fc.assert(
      fc.asyncProperty(toggling, async (alarm) => {
        const world = fakePorts();
        for (let number = 1; number <= 9; number += 1)
          world.account.instances.set(`i-0000000${number}`, anInstance({ id: `i-0000000${number}` }));
        world.account.instances.set(INSTANCE_ID, anInstance());
        world.account.agents.set(INSTANCE_ID, 'online');
        let last = NOW;
        const steps = await driven(aState(), world, NOW, (now) => {
          last = now;
          expect(now).toBeLessThan(NOW + 2 * HOUR);
          const acted = world.calls.includes('commands.send');
          world.account.alarms.set(ALARM_NAME, { ...(acted ? alarmAt(alarm, now) : { state: 'ALARM', since: NOW }), reason: '' });
        });
        expect(world.calls).toContain('commands.send');
        expect(endOf(steps)).toBeDefined();
        expect(last).toBeLessThan(NOW + 2 * HOUR);
      }),
      { numRuns: runs(200) },
    );
  });
});
