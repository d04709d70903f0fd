import { someDuration, someQuestion, someSlots } from '@self-healing/simulation/arbitraries.ts';
import { aSlot, MINUTE, NOW } from '@self-healing/simulation/builders.ts';
import { runs } from '@self-healing/simulation/random-input.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { passage } from '../../lambdas/core/circuit-breaker.ts';
import {
  claimedUntil,
  freeSlot,
  heldUntil,
  liveSlots,
  type SlotLimits,
  type Slots,
  slotLimits,
  slotsOfOthers,
  spentLately,
  takeSlot,
} from '../../lambdas/core/claim.ts';
import { decide } from '../../lambdas/core/decide.ts';
import { milliseconds } from '../../lambdas/core/duration.ts';
import { reasonNames } from '../../lambdas/core/reasons.ts';
import { verify } from '../../lambdas/core/verification.ts';

const often = { numRuns: runs(2_000) };

/** The longest that a step of the workflow is tried again, by the definition. */
const LONGEST_RETRY = 663_000;

describe('whatever triage reads', () => {
  it('decide gives exactly one answer, of six kinds, with a reason from the list', () => {
    fc.assert(
      fc.property(someQuestion, (question) => {
        const decision = decide(question);
        expect(['remediate', 'verify', 'watch', 'ask', 'wait', 'end']).toContain(decision.kind);
        if (decision.kind === 'end') expect(reasonNames).toContain(decision.end.reason);
        if (decision.kind === 'wait' || decision.kind === 'ask') expect(decision.until).toBeGreaterThan(question.now);
      }),
      often,
    );
  });

  it('decide says the same of the same', () => {
    fc.assert(
      fc.property(someQuestion, (question) => {
        expect(decide(structuredClone(question))).toEqual(decide(question));
      }),
      often,
    );
  });

  it('nothing is changed with fewer ill members than the policy acts on, or against a second opinion', () => {
    const ill = fc.record({ recent: fc.nat({ max: 4 }), inAlarm: fc.nat({ max: 4 }) });
    fc.assert(
      fc.property(someQuestion, ill, fc.boolean(), (question, stormWatch, agrees) => {
        const guardrails = { ...question.policy.guardrails, atLeastIll: 3 };
        const snapshot = { ...question.snapshot, stormWatch, secondOpinion: { agrees, why: 'asked' } };
        const decision = decide({ ...question, policy: { ...question.policy, guardrails }, snapshot });
        if (decision.kind !== 'remediate' || !question.policy.ladder[decision.rung]?.acts) return;
        expect(agrees).toBe(true);
        expect(stormWatch.inAlarm > 0 ? stormWatch.inAlarm : stormWatch.recent).toBeGreaterThanOrEqual(3);
      }),
      often,
    );
  });

  it('nothing is done while the pipeline is paused, or to a target that is excluded, absent or of another group', () => {
    fc.assert(
      fc.property(someQuestion, (question) => {
        const { pause, facts } = question.snapshot;
        const tag = facts.tags.SelfHealExclude;
        const isOffLimits =
          (tag !== undefined && tag !== 'false') || facts.presence !== 'present' || !facts.inGroup || facts.groupSize === 0;
        if (pause.kind === 'paused' || isOffLimits) expect(decide(question).kind).not.toBe('remediate');
      }),
      often,
    );
  });

  it('nothing is changed in shadow, or in approval without enough different people who said yes in time and nobody who said no', () => {
    fc.assert(
      fc.property(someQuestion, (question) => {
        const decision = decide(question);
        const { policy, snapshot, incident, now } = question;
        if (decision.kind !== 'remediate') return;
        const modes = [policy.mode, snapshot.override?.mode];
        expect(modes).not.toContain('shadow');
        if (!(modes.includes('approval') && policy.ladder[decision.rung]?.acts)) return;
        const own = snapshot.requests.find(({ request }) => request.incident === incident.id && request.rung === decision.rung);
        const { request, answers = [] } = own ?? {};
        const { askedAt = 0, until = 0 } = request ?? {};
        // By the clocks of those who answer, which may differ by a minute.
        const inTime = answers.filter(({ at }) => at >= askedAt - MINUTE && at <= Math.min(until, now + MINUTE));
        expect(answers.filter(({ answer }) => answer === 'deny')).toEqual([]);
        expect(new Set(inTime.map(({ voter }) => voter)).size).toBeGreaterThanOrEqual(request?.approvers ?? 99);
        expect(now).toBeLessThanOrEqual(Math.max(askedAt, ...inTime.map(({ at }) => at)) + 15 * MINUTE);
      }),
      { numRuns: runs(10_000) },
    );
  });

  it('an incident waits for no longer than its policy says after it came, an attempt, or the end of a question, whatever time a vote has', () => {
    const wild = fc.integer({ min: -100, max: 10_000 }).map((hours) => hours * 60 * MINUTE);
    fc.assert(
      fc.property(someQuestion, wild, (question, off) => {
        const { incident, policy, snapshot, now } = question;
        const requests = snapshot.requests.map((asked) => ({
          ...asked,
          answers: asked.answers.map((each) => ({ ...each, at: now + off })),
        }));
        const decision = decide({ ...question, snapshot: { ...snapshot, requests } });
        if (decision.kind !== 'wait') return;
        const ends = requests.map(({ request }) => request.until);
        const judged = snapshot.attempts.map(({ at, judgedAt = at }) => judgedAt);
        const since = Math.max(incident.receivedAt, ...judged, ...ends);
        expect(decision.until).toBeLessThanOrEqual(since + milliseconds(policy.guardrails.waitAtMost));
      }),
      often,
    );
  });

  it('nothing is done without seeing the symptom', () => {
    fc.assert(
      fc.property(someQuestion, (question) => {
        if (decide(question).kind === 'remediate') expect(question.snapshot.symptom.kind).toBe('present');
      }),
      often,
    );
  });

  it('nothing is done while another incident holds the target', () => {
    fc.assert(
      fc.property(someQuestion, (question) => {
        const { lease } = question.snapshot;
        if (lease && lease.incident !== question.incident.id && lease.expiresAt > question.now)
          expect(decide(question).kind).not.toBe('remediate');
      }),
      often,
    );
  });

  it('nothing is changed within the cooldown, beyond the attempts, or without a slot', () => {
    fc.assert(
      fc.property(someQuestion, (question) => {
        const decision = decide(question);
        const { policy, snapshot, now, incident } = question;
        if (decision.kind !== 'remediate' || !policy.ladder[decision.rung]?.acts) return;
        const { attempts, cooldown, blastRadius, budget } = policy.guardrails;
        const acting = snapshot.history.filter(({ acts }) => acts);
        const others = slotsOfOthers(snapshot.slots, incident.id, now);
        const limits = slotLimits(blastRadius, { group: snapshot.facts.groupSize, zone: snapshot.facts.zoneSize });
        expect(acting.filter(({ at }) => at > now - milliseconds(cooldown))).toEqual([]);
        expect(acting.filter(({ at }) => at > now - milliseconds(attempts.per)).length).toBeLessThan(attempts.most);
        expect(others.length).toBeLessThan(limits.group);
        expect(others.filter(({ zone }) => zone === snapshot.facts.zone).length).toBeLessThan(limits.zone);
        expect(Object.keys(spentLately(snapshot.spending, milliseconds(budget.per), now)).length).toBeLessThan(budget.acts);
        expect(passage(snapshot.breaker, incident.id, now).kind).not.toBe('blocked');
      }),
      often,
    );
  });

  it('rungs only go up, one at a time, and never beyond the ladder', () => {
    fc.assert(
      fc.property(someQuestion, (question) => {
        const decision = decide(question);
        if (decision.kind !== 'remediate') return;
        const { attempts, watched = -1 } = question.snapshot;
        expect(decision.rung).toBe(Math.max(watched, ...attempts.map(({ rung }) => rung)) + 1);
        expect(question.policy.ladder[decision.rung]?.remedy).toBe(decision.remedy);
      }),
      often,
    );
  });

  it('a claim outlasts everything that the rung may take', () => {
    fc.assert(
      fc.property(someQuestion, (question) => {
        const { policy, now } = question;
        for (const rung of policy.ladder) {
          const busy = [rung.settle, rung.verifyWithin, policy.probation].map(milliseconds).reduce((sum, span) => sum + span);
          const actedAt = now + 60_000;
          expect(claimedUntil(now, rung, policy.probation) - actedAt).toBeGreaterThan(busy + LONGEST_RETRY);
          expect(claimedUntil(now, rung, policy.probation, { hours: 2 }) - actedAt).toBeGreaterThan(7_200_000 + LONGEST_RETRY);
          expect(heldUntil(actedAt, rung, policy.probation)).toBe(claimedUntil(now, rung, policy.probation));
        }
      }),
      often,
    );
  });
});

const taken = (slots: Slots, incident: string, until: number, limits: SlotLimits) => {
  const answer = takeSlot(slots, incident, aSlot(until), { limits }, NOW);
  return 'slots' in answer ? answer.slots : undefined;
};

describe('the slots of a group', () => {
  it('are never more than the limit, however many ask, unless they were before', () => {
    fc.assert(
      fc.property(
        someSlots,
        fc.array(fc.tuple(fc.string(), fc.integer({ min: 0, max: 60 }))),
        fc.integer({ min: 1, max: 4 }),
        (start, asks, limit) => {
          const limits = { group: limit, zone: 60 };
          let slots = start;
          const before = Object.keys(liveSlots(start, NOW)).length;
          for (const [incident, minutes] of asks) slots = taken(slots, incident, NOW + minutes * MINUTE, limits) ?? slots;
          expect(Object.keys(liveSlots(slots, NOW)).length).toBeLessThanOrEqual(Math.max(limit, before));
        },
      ),
      often,
    );
  });

  it('are the same as before once one is taken and freed', () => {
    fc.assert(
      fc.property(someSlots, fc.integer({ min: 1, max: 4 }), (slots, limit) => {
        const more = taken(slots, 'new', NOW + MINUTE, { group: limit, zone: 60 });
        if (more) expect(freeSlot(more, 'new', NOW)).toEqual(liveSlots(slots, NOW));
      }),
      often,
    );
  });
});

describe('verifying, looked at on time', () => {
  const reading = fc.tuple(fc.constantFrom('running', 'done', 'unknown', 'failed'), fc.constantFrom('present', 'gone', 'unknown'));

  it('ends at the latest when the probation ends that began by the deadline', () => {
    fc.assert(
      fc.property(fc.infiniteStream(reading), fc.integer({ min: 0, max: 60 }), someDuration, (readings, minutes, probation) => {
        const verifyBy = NOW + minutes * MINUTE;
        let now = NOW;
        let goneSince: number | undefined;
        for (const [progress, symptom] of readings) {
          const times = { verifyBy, probation, lookEvery: { minutes: 5 }, ...(goneSince !== undefined && { goneSince }) };
          const answer = verify({ kind: progress, why: '' }, { kind: symptom, why: '' }, times, now);
          if (answer.kind === 'recovered') expect(now - (goneSince ?? now)).toBeGreaterThanOrEqual(milliseconds(probation));
          if (answer.kind !== 'not-yet') break;
          expect(answer.lookAgainAt).toBeGreaterThan(now);
          now = answer.lookAgainAt;
          goneSince = answer.goneSince;
        }
        expect(now).toBeLessThanOrEqual(verifyBy + milliseconds(probation));
      }),
      { numRuns: runs(500) },
    );
  });
});
