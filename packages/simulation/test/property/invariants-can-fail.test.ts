import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AnsweredRequest } from '../../../../lambdas/core/approval.ts';
import type { Slots } from '../../../../lambdas/core/claim.ts';
import type { Incident } from '../../../../lambdas/core/incident.ts';
import type { ActClaim, ClaimRequest } from '../../../../lambdas/core/ports.ts';
import { approvedFirst } from '../../invariants/approved-first.ts';
import { attempts } from '../../invariants/attempts.ts';
import { blastRadius } from '../../invariants/blast-radius.ts';
import { breakerLearns } from '../../invariants/breaker-learns.ts';
import { budget } from '../../invariants/budget.ts';
import { claimsAreGivenBack } from '../../invariants/claims-are-given-back.ts';
import { claimsOutlastActs } from '../../invariants/claims-outlast-acts.ts';
import { cooldown } from '../../invariants/cooldown.ts';
import { everyIncidentEnds } from '../../invariants/every-incident-ends.ts';
import { flapping } from '../../invariants/flapping.ts';
import { healedOrTold } from '../../invariants/healed-or-told.ts';
import { healthyFloor } from '../../invariants/healthy-floor.ts';
import { heldByTheIncident } from '../../invariants/held-by-the-incident.ts';
import type { Invariant } from '../../invariants/invariant.ts';
import { judgedByTheSymptom } from '../../invariants/judged-by-the-symptom.ts';
import { nothingAfterTheEnd } from '../../invariants/nothing-after-the-end.ts';
import { oneActInFlight } from '../../invariants/one-act-in-flight.ts';
import { oneActPerAttempt } from '../../invariants/one-act-per-attempt.ts';
import { onlyTheIll } from '../../invariants/only-the-ill.ts';
import { onlyTheTarget } from '../../invariants/only-the-target.ts';
import { pauseStops } from '../../invariants/pause-stops.ts';
import { protectedTimes } from '../../invariants/protected-times.ts';
import { invariants } from '../../invariants/registry.ts';
import { reportedOnce } from '../../invariants/reported-once.ts';
import { rungsGoUp } from '../../invariants/rungs-go-up.ts';
import { toldRecoveries } from '../../invariants/told-recoveries.ts';
import { writtenFirst } from '../../invariants/written-first.ts';
import { zones } from '../../invariants/zones.ts';
import { judgeStory } from '../../judged-story.ts';
import { playStory } from '../../play-story.ts';
import { runs } from '../../random-input.ts';
import type { SimulatedPorts } from '../../simulated-ports.ts';
import {
  actingStory,
  askingStory,
  FLEET,
  frozenStory,
  slowStory,
  spreadStory,
  stormStory,
  sweptStory,
  thriftyStory,
  togglingStory,
} from '../../stories.ts';
import type { Story } from '../../story.ts';
import { synthesizedStack } from '../../synthesized-stack.ts';

/** How many smaller stories are tried once an invariant is broken. A number and not a time, so that a busy machine finds as much. */
const SMALLER_STORIES = runs(10);

/** Judges stories as long as none, and then not too many, broke the invariant. What is left out counts as kept, which ends the search. */
function patientJudge(judge: (story: Story) => Promise<void>) {
  const tried = { since: 0, broken: false };
  const one = async (story: Story) => {
    if (tried.broken && tried.since >= SMALLER_STORIES) return;
    if (tried.broken) tried.since += 1;
    try {
      await judge(story);
    } catch (error) {
      tried.broken = true;
      throw error;
    }
  };
  return { judge: one, isExhausted: () => tried.since >= SMALLER_STORIES };
}

/** Replaces some calls of one port, leaving all others as they are. */
function replacing<Port extends keyof SimulatedPorts>(
  port: Port,
  change: (own: SimulatedPorts[Port], all: SimulatedPorts) => Partial<SimulatedPorts[Port]>,
) {
  return (ports: SimulatedPorts): SimulatedPorts =>
    new Proxy(ports, {
      get: (all, name: keyof SimulatedPorts) => (name === port ? { ...all[port], ...change(all[port], all) } : all[name]),
    });
}

/** Every lease and slot counts as lapsed. */
const takesOver = replacing('claims', ({ claim }) => ({
  claim: (request) => claim(request, Number.MAX_SAFE_INTEGER),
  lease: async () => undefined,
  slots: async () => ({}),
}));

function changedAct({ change, ...request }: ClaimRequest, to: (act: ActClaim) => ActClaim): ClaimRequest {
  return { ...request, ...(change && { change: { ...change, ...(change.act && { act: to(change.act) }) } }) };
}

function unlimited({ slots, ...act }: ActClaim): ActClaim {
  return { ...act, slots: slots.map(({ group }) => ({ group, limits: { group: 99, zone: 99 } })) };
}

/** Says that every attempt is new. */
const recordsTwice = replacing('store', ({ record }) => ({
  record: async (attempt, claimUntil, now) => {
    await record(attempt, claimUntil, now);
    return 'recorded';
  },
}));

const forgetsHistory = replacing('store', () => ({ history: async () => ({ attempts: [], openings: [] }) }));

/** The workflow in which no failure of a step is caught. */
function withoutCatches(definition: string): string {
  const { States, ...machine } = JSON.parse(definition) as { readonly States: Record<string, Record<string, unknown>> };
  const uncaught = Object.entries(States).map(([name, { Catch: _, ...state }]) => [name, state]);
  return JSON.stringify({ ...machine, States: Object.fromEntries(uncaught) });
}

function inAlarm(id: string) {
  return { id: `instance#${id}`, attributes: { InstanceId: id }, since: 0, reason: '' };
}

function withoutZones(slots: Slots): Slots {
  return Object.fromEntries(Object.entries(slots).map(([holder, { zone: _, ...slot }]) => [holder, slot]));
}

function withoutZone({ slots, ...act }: ActClaim): ActClaim {
  return { ...act, slots: slots.map(({ zone: _, ...slot }) => slot) };
}

function withoutFloor({ slots, ...act }: ActClaim): ActClaim {
  return { ...act, slots: slots.map(({ floor: _, ...slot }) => slot) };
}

function approved({ request }: AnsweredRequest): AnsweredRequest {
  return { request, answers: [{ voter: 'nobody', who: 'nobody', answer: 'approve', at: request.askedAt }] };
}

interface Breakage {
  readonly invariant: Invariant;
  readonly what: string;
  readonly how: Parameters<typeof judgeStory>[1];
  readonly story?: fc.Arbitrary<Story>;
}

const breakages: readonly Breakage[] = [
  {
    invariant: oneActPerAttempt,
    what: 'a client sends commands twice',
    how: {
      breakPorts: replacing('commands', ({ send }) => ({
        send: async (request) => {
          await send(request);
          return send(request);
        },
      })),
    },
  },
  {
    invariant: oneActInFlight,
    what: 'leases are taken over, and nobody sees that an act may be under way',
    how: { breakPorts: (ports) => forgetsHistory(takesOver(ports)) },
    story: slowStory,
  },
  {
    invariant: heldByTheIncident,
    what: 'claims are not taken, and attempts are written without',
    how: {
      breakPorts: (ports) => recordsTwice(replacing('claims', () => ({ claim: async () => ({ kind: 'claimed' }) }))(ports)),
    },
  },
  {
    invariant: budget,
    what: 'acts cost nothing',
    how: {
      breakPorts: replacing('claims', ({ claim }) => ({
        spending: async () => ({}),
        claim: (request, now) =>
          claim(
            changedAct(request, (act) => ({ ...act, budget: { acts: 500, perMilliseconds: 60_000 } })),
            now,
          ),
      })),
    },
    story: thriftyStory,
  },
  {
    invariant: blastRadius,
    what: 'slots are not counted',
    how: {
      breakPorts: replacing('claims', ({ claim }) => ({
        slots: async () => ({}),
        claim: (request, now) => claim(changedAct(request, unlimited), now),
      })),
    },
  },
  { invariant: cooldown, what: 'the history of a target is empty', how: { breakPorts: forgetsHistory } },
  { invariant: attempts, what: 'the history of a target is empty', how: { breakPorts: forgetsHistory } },
  {
    invariant: pauseStops,
    what: 'the pause switch is not read',
    how: { breakPorts: replacing('pauseSwitch', () => ({ read: async () => ({ kind: 'running' }) })) },
  },
  {
    invariant: onlyTheTarget,
    what: 'commands go to a neighbour',
    how: { breakPorts: replacing('commands', ({ send }) => ({ send: (request) => send({ ...request, instanceId: 'i-00000006' }) })) },
  },
  {
    invariant: writtenFirst,
    what: 'attempts are not written',
    how: { breakPorts: replacing('store', () => ({ record: async () => 'recorded', recordReceipt: async () => {} })) },
  },
  {
    invariant: nothingAfterTheEnd,
    what: 'the report comes with one more command',
    how: {
      breakPorts: replacing('notifier', ({ publish }, { commands }) => ({
        publish: async (message) => {
          await commands.send({ document: 'any', instanceId: 'i-00000001', parameters: {}, token: 'late' });
          await publish(message);
        },
      })),
    },
  },
  { invariant: reportedOnce, what: 'nobody is told', how: { breakPorts: replacing('notifier', () => ({ publish: async () => {} })) } },
  { invariant: claimsAreGivenBack, what: 'claims are kept', how: { breakPorts: replacing('claims', () => ({ release: async () => {} })) } },
  {
    invariant: everyIncidentEnds,
    what: 'the failure of a step is not caught',
    how: { stack: { definition: withoutCatches(synthesizedStack().definition) } },
  },
  {
    invariant: onlyTheIll,
    what: 'machines that are well are listed in ALARM',
    how: {
      breakPorts: replacing('alarms', () => ({
        contributorsInAlarm: async () => ({ contributors: FLEET.slice(0, 3).map(inAlarm), complete: true }),
      })),
    },
  },
  {
    invariant: zones,
    what: 'zones are not counted',
    how: {
      breakPorts: replacing('claims', ({ claim, slots }) => ({
        slots: async (group) => withoutZones(await slots(group)),
        claim: (request, now) => claim(changedAct(request, withoutZone), now),
      })),
    },
    story: spreadStory,
  },
  {
    invariant: healthyFloor,
    what: 'members that are worked on count as healthy',
    how: {
      breakPorts: replacing('claims', ({ claim }) => ({
        slots: async () => ({}),
        claim: (request, now) => claim(changedAct(request, withoutFloor), now),
      })),
    },
    story: spreadStory,
  },
  {
    invariant: protectedTimes,
    what: 'calendars are always open',
    how: { breakPorts: replacing('calendars', () => ({ state: async () => ({ kind: 'open' }) })) },
    story: frozenStory,
  },
  { invariant: flapping, what: 'the history of a target is empty', how: { breakPorts: forgetsHistory }, story: togglingStory },
  {
    invariant: judgedByTheSymptom,
    what: 'every cure is written down as failed',
    how: {
      breakPorts: replacing('store', ({ recordResult }) => ({
        recordResult: (attempt, _result, ...more) => recordResult(attempt, 'failed', ...more),
      })),
    },
  },
  {
    invariant: breakerLearns,
    what: 'a breaker counts what did not fail',
    how: {
      breakPorts: replacing('claims', ({ changeBreaker }) => ({
        changeBreaker: (policy) => changeBreaker(policy, () => ({ state: 'closed', failures: [{ incident: 'any', at: 0 }] })),
      })),
    },
  },
  {
    invariant: toldRecoveries,
    what: 'who is worked on is not listed in ALARM',
    how: {
      breakPorts: replacing('alarms', ({ contributorsInAlarm }, { claims }) => ({
        contributorsInAlarm: async (alarm) => {
          const isBusy = Object.keys(await claims.slots('tagged#Web')).length > 0;
          return isBusy ? { contributors: [], complete: true } : contributorsInAlarm(alarm);
        },
      })),
    },
  },
  {
    invariant: approvedFirst,
    what: 'a question counts as its answer',
    how: {
      breakPorts: replacing('approvals', ({ about }) => ({ about: async (policy, target) => (await about(policy, target)).map(approved) })),
    },
    story: askingStory,
  },
  {
    invariant: healedOrTold,
    what: 'nobody is told',
    how: { breakPorts: replacing('notifier', () => ({ publish: async () => {} })) },
    story: sweptStory,
  },
  {
    invariant: claimsOutlastActs,
    what: 'claims are given back as soon as they were used',
    how: {
      breakPorts: replacing('store', ({ recordReceipt }, { claims }) => ({
        recordReceipt: async (attempt, receipt) => {
          await recordReceipt(attempt, receipt);
          await claims.release({ id: attempt.incident, target: attempt.target } as Incident, 'tagged#Web', 0);
        },
      })),
    },
  },
];

describe('an invariant is broken, and the shortest history shows it, when', () => {
  it.each(breakages)('$what: $invariant.name', async ({ invariant, how, story = stormStory }) => {
    const { judge, isExhausted } = patientJudge((one) => judgeStory(one, { ...how, only: invariant.name }));
    const found = await fc.check(fc.asyncProperty(story, judge), { seed: 7, numRuns: 500 });
    expect(found.failed, invariant.name).toBe(true);
    expect(fc.defaultReportMessage(found), 'the seed, by which it can be simulated again').toContain(`seed: ${found.seed}`);
    expect(String(found.errorInstance)).toContain(`${invariant.name}: `);
    if (!isExhausted()) expect(found.counterexample?.[0].faults.length, 'faults in the shortest story').toBeLessThanOrEqual(3);
  });

  it('the record of an incident with two acts is read backwards: the rungs of an incident only go up', async () => {
    for (const story of fc.sample(actingStory, { seed: 7, numRuns: 200 })) {
      const history = await playStory(story, synthesizedStack());
      expect(rungsGoUp.breaches(history)).toEqual([]);
      const backwards = { ...history, acts: history.acts.toReversed() };
      if (rungsGoUp.breaches(backwards).length > 0) return;
    }
    expect.fail('no story has an incident with two acts');
  });

  it('every invariant can', () => {
    expect(new Set([...breakages.map(({ invariant }) => invariant), rungsGoUp])).toEqual(new Set(invariants));
  });
});
