import { aGroup, aMember } from '@self-healing/simulation/accounts.ts';
import { anIncident, aRung, MINUTE, NOW } from '@self-healing/simulation/builders.ts';
import { fakePorts, type World } from '@self-healing/simulation/doubles/fake-ports.ts';
import { capacityPolicy, GROUP } from '@self-healing/simulation/kept-capacity.ts';
import { runs, SOAK } from '@self-healing/simulation/random-input.ts';
import { simulate } from '@self-healing/simulation/workflow-run.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Instant } from '../../lambdas/core/duration.ts';
import { attemptToken, type Incident, mayHaveChanged } from '../../lambdas/core/incident.ts';
import type { Policy } from '../../lambdas/core/policy.ts';
import type { AutoScalingGroup } from '../../lambdas/core/ports.ts';
import { targetKey } from '../../lambdas/core/target.ts';
import type { Growth } from '../../lambdas/remediators/capacity-return.ts';

/** Two symptoms of one group, of which one raises the minimum too. */
const policies: readonly Policy[] = [
  capacityPolicy,
  {
    ...capacityPolicy,
    name: 'Web-response-time',
    symptom: 'response-time',
    ladder: [aRung({ remedy: 'add-capacity', params: { raiseMinimum: true, giveBackAfter: { minutes: 10 } } })],
  },
];

/** Ends the search for a smaller counterexample while the test's own time lasts. */
const LONGEST_MILLISECONDS = 30_000 * SOAK;

const someMinute = (max: number) => fc.nat(max).map((minutes) => minutes * MINUTE);

const someStory = fc.record({
  symptoms: fc.array(fc.record({ policy: fc.nat(1), begins: someMinute(40), lasts: someMinute(8), returns: fc.option(someMinute(60)) }), {
    minLength: 1,
    maxLength: 3,
  }),
  /** Somebody else sets the capacity. */
  somebody: fc.option(fc.record({ at: someMinute(120), desired: fc.integer({ min: 2, max: 6 }) })),
  /** A member is ill for a while. */
  ill: fc.option(fc.record({ from: someMinute(90), lasts: someMinute(60) })),
  /** Mostly when what was added is due. */
  pause: fc.option(fc.record({ from: fc.integer({ min: 30, max: 100 }).map((minutes) => minutes * MINUTE), lasts: someMinute(30 * 60) })),
  random: fc.infiniteStream(fc.nat(99)),
});

type Story = typeof someStory extends fc.Arbitrary<infer S> ? S : never;

/** A capacity that was lowered, as it reached Auto Scaling. */
interface Lowered {
  readonly incident: string;
  readonly from: AutoScalingGroup;
  readonly to: { readonly capacity: number; readonly minimum: number };
}

describe('capacity that is added and given back while steps die, lose answers and are delivered twice', () => {
  it('keeps the invariants', async () => {
    await fc.assert(fc.asyncProperty(someStory, play), { numRuns: runs(40), interruptAfterTimeLimit: LONGEST_MILLISECONDS });
  });
});

async function play(story: Story): Promise<void> {
  const world = fakePorts();
  const clock = { now: NOW };
  const incidents = story.symptoms.map(({ policy, begins }, index) => incidentOf(policies[policy] ?? capacityPolicy, begins, index));
  const numbers = story.random[Symbol.iterator]();
  const lowered: Lowered[] = [];
  const violations: unknown[] = [];
  arrange(world, story, incidents, clock);
  watchGroup(world, lowered, (act) => {
    try {
      judge(
        world,
        lowered,
        act,
        isPresent(
          story,
          incidents.findIndex(({ id }) => id === act.incident),
          clock.now,
        ),
      );
    } catch (violation) {
      // Thrown here it would only be one more lost answer to the step.
      violations.push(violation);
    }
  });

  await simulate(
    world,
    incidents.map((incident) => ({ state: { incident, policy: policyOf(incident) }, due: incident.receivedAt, tries: 0 })),
    () => numbers.next().value ?? 0,
    (now) => passTime(world, story, clock, now),
  );

  if (violations.length > 0) throw violations[0];
  for (const incident of incidents) expectReport(world, incident);
  // An act that nobody judged may still be under way: what it holds lapses by itself.
  const left = [...world.claims.leases.values()].filter(({ over }) => !over);
  expect(left, 'no lease is left').toEqual([]);
}

/** The invariants that hold at the moment of every act that takes capacity away. */
function judge(world: World, earlier: readonly Lowered[], { incident, from, to }: Lowered, isSymptomPresent: boolean): void {
  const attempt = world.items.attempts.get(attemptToken(incident, 0));
  const growth = attempt?.plan as Growth;
  expect(earlier.filter((other) => other.incident === incident).length, 'at most once for each attempt').toBe(0);
  expect(world.items.giveBacks.has(`${attemptToken(incident, 0)}-give-back`), 'it is written first').toBe(true);
  expect(world.items.endings.get(incident)?.end.outcome, 'only after a recovery').toBe('recovered');
  expect(world.claims.leases.get(targetKey(GROUP))?.incident, 'the lease').toBe(incident);
  expect(isSymptomPresent, 'the symptom is gone').toBe(false);
  expect(world.pause.text, 'the pause').toBe('running');
  expect(
    from.members.every(({ healthy }) => healthy),
    'every member serves',
  ).toBe(true);
  if (to.capacity < from.desired)
    expect([from.desired, to.capacity >= growth.before.capacity], 'only its own').toEqual([growth.capacity, true]);
  if (to.minimum < from.min) expect([from.min, to.minimum], 'only its own minimum').toEqual([growth.minimum, growth.before.minimum]);
  expect(to.capacity, 'not below the minimum').toBeGreaterThanOrEqual(to.minimum);
}

/** Every growth of a recovered incident comes to an end that is written down; people know of those that need them. */
function expectReport(world: World, { id }: Incident): void {
  const attempt = world.items.attempts.get(attemptToken(id, 0));
  const ended = world.items.endings.get(id)?.end;
  expect(ended, 'every incident ends').toBeDefined();
  const kept =
    ended?.outcome === 'recovered' &&
    attempt &&
    mayHaveChanged(attempt) &&
    attempt.result !== 'failed' &&
    (attempt.plan as { change: boolean }).change;
  const ends = world.history.filter(({ kind, incident }) => incident === id && /^(not-)?given-back$/.test(kind));
  expect(new Set(ends.map(({ reason }) => reason)).size, 'one end of giving back').toBe(kept ? 1 : 0);
  const [end] = ends;
  if (end?.reason === 'failed' || end?.reason === 'kept-too-long')
    expect(world.messages.filter(({ subject, body }) => subject.includes('NOT GIVEN BACK') && body.includes(id)).length).toBeGreaterThan(0);
}

function watchGroup(world: World, lowered: Lowered[], judged: (act: Lowered) => void): void {
  const { setDesiredCapacity, setMinimum } = world.ports.groups;
  const watch = (to: { capacity?: number | undefined; minimum?: number }) => {
    const from = world.account.groups.get(GROUP.name) as AutoScalingGroup;
    const minimum = to.minimum ?? from.min;
    const act = {
      incident: world.claims.leases.get(targetKey(GROUP))?.incident ?? 'nobody',
      from,
      to: { capacity: to.capacity ?? from.desired, minimum },
    };
    if (act.to.capacity >= from.desired && minimum >= from.min) return;
    judged(act);
    lowered.push(act);
  };
  Object.assign(world.ports.groups, {
    async setDesiredCapacity(name: string, capacity: number) {
      watch({ capacity });
      await setDesiredCapacity(name, capacity);
    },
    async setMinimum(name: string, minimum: number, capacity?: number) {
      watch({ capacity, minimum });
      await setMinimum(name, minimum, capacity);
    },
  });
}

function arrange(world: World, story: Story, incidents: readonly Incident[], clock: { now: Instant }): void {
  world.account.groups.set(GROUP.name, aGroup({ max: 8 }));
  Object.assign(world.ports.alarms, {
    async state(alarmName: string) {
      const index = incidents.findIndex((incident) => incident.alarmName === alarmName);
      return { state: isPresent(story, index, clock.now) ? 'ALARM' : 'OK', reason: '' };
    },
  });
}

/** Whether the symptom is there: at first, and perhaps once more some time after it went away. */
function isPresent({ symptoms }: Story, index: number, now: Instant): boolean {
  const { begins = 0, lasts = 0, returns = null } = symptoms[index] ?? {};
  const since = now - NOW - begins;
  const again = since - lasts - (returns ?? 0);
  return (since >= 0 && since < lasts) || (returns !== null && again >= 0 && again < lasts);
}

/** New members serve at once. */
function passTime(world: World, { somebody, pause, ill }: Story, clock: { now: Instant }, now: Instant): void {
  const during = (span: { from: number; lasts: number } | null) =>
    span !== null && now >= NOW + span.from && now < NOW + span.from + span.lasts;
  const group = world.account.groups.get(GROUP.name) as AutoScalingGroup;
  const isSet = somebody !== null && clock.now < NOW + somebody.at && now >= NOW + somebody.at;
  const desired = isSet ? Math.max(somebody.desired, group.min) : group.desired;
  const members = Array.from({ length: desired }, (_, index) => aMember(`i-0000000${index}`, { healthy: index > 0 || !during(ill) }));
  world.account.groups.set(GROUP.name, { ...group, desired, members });
  world.pause.text = during(pause) ? 'stop' : 'running';
  clock.now = now;
}

function incidentOf(policy: Policy, begins: number, index: number): Incident {
  return anIncident({
    id: index.toString(16).padStart(64, '0'),
    policy: policy.name,
    symptom: policy.symptom,
    target: GROUP,
    openedAt: NOW + begins,
    receivedAt: NOW + begins,
    alarmName: `alarm-${index}`,
  });
}

function policyOf({ policy: name }: Incident): Policy {
  return policies.find((policy) => policy.name === name) ?? capacityPolicy;
}
