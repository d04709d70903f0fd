import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { liveSlots } from '../../lambdas/core/claim.ts';
import { type Instant, milliseconds } from '../../lambdas/core/duration.ts';
import { attemptToken, type Incident } from '../../lambdas/core/incident.ts';
import type { Policy } from '../../lambdas/core/policy.ts';
import type { CommandRequest } from '../../lambdas/core/ports.ts';
import { isTold } from '../../lambdas/core/reasons.ts';
import { fakePorts, type World } from '../../rehearsal/fakes/fake-ports.ts';
import { anInstance } from '../support/accounts.ts';
import { anIncident, aPolicy, aRung, MINUTE, NOW, SECOND, waitRung } from '../support/builders.ts';
import { type Dice, simulate } from '../support/simulation.ts';

/** Members of the fleet; a blast radius of 40 % of them is two. */
const FLEET = ['i-00000001', 'i-00000002', 'i-00000003', 'i-00000004', 'i-00000005', 'i-00000006'];
const LIMIT = 2;
const COOLDOWN = { minutes: 3 };

const guardrails = {
  cooldown: COOLDOWN,
  attempts: { most: 3, per: { hours: 1 } },
  blastRadius: { percent: 40, members: 5, zonePercent: 100 },
  waitAtMost: { minutes: 20 },
};
const clearCaches = aRung({ remedy: 'clear-caches', params: {} });
const policies: readonly Policy[] = [
  aPolicy({ name: 'Web-memory', ladder: [waitRung, clearCaches, aRung()], guardrails }),
  aPolicy({ name: 'Web-disk', symptom: 'disk', ladder: [clearCaches, aRung()], guardrails, probation: { minutes: 1 } }),
];

/** Ends the search for a smaller counterexample while the test's own time lasts. */
const LONGEST_MILLISECONDS = 30_000;

/** One symptom on one member: when it begins, and after how many acts, or after which time, it goes away. */
const someSymptom = fc.record({
  policy: fc.nat(policies.length - 1),
  member: fc.nat(FLEET.length - 1),
  begins: fc.nat(20).map((halves) => halves * 30 * SECOND),
  cures: fc.nat(3),
  lasts: fc.oneof(
    fc.constant(Number.POSITIVE_INFINITY),
    fc.nat(30).map((minutes) => minutes * MINUTE),
  ),
});

const someStory = fc.record({
  symptoms: fc.array(someSymptom, { minLength: 1, maxLength: 12 }),
  silent: fc.subarray(FLEET, { maxLength: 2 }),
  leaves: fc.option(fc.record({ member: fc.constantFrom(...FLEET), after: fc.nat(20).map((minutes) => minutes * MINUTE) })),
  pause: fc.option(fc.record({ from: fc.nat(30), minutes: fc.nat(10) })),
  dice: fc.infiniteStream(fc.nat(99)),
});

type Story = typeof someStory extends fc.Arbitrary<infer S> ? S : never;

/** One act as it reached Systems Manager. */
interface Sent extends CommandRequest {
  readonly incident: string;
  readonly at: Instant;
}

describe('many incidents on a small fleet, with steps that overlap, die, lose answers and are delivered twice', () => {
  it('keep the laws', async () => {
    await fc.assert(fc.asyncProperty(someStory, play), { numRuns: 150, interruptAfterTimeLimit: LONGEST_MILLISECONDS });
  });
});

async function play(story: Story): Promise<void> {
  const world = fakePorts();
  const roll = diceOf(story);
  const sent: Sent[] = [];
  const violations: unknown[] = [];
  const clock = { now: NOW };
  const incidents = story.symptoms.map((symptom, index) => incidentOf(symptom, index));
  arrange(world, story, incidents, clock);
  watchCommands(world, sent, violations, clock, roll);

  await simulate(
    world,
    incidents.map((incident) => ({ state: { incident, policy: policyOf(incident) }, due: incident.receivedAt, tries: 0 })),
    roll,
    (now) => passTime(world, story, clock, now),
  );

  if (violations.length > 0) throw violations[0];
  for (const { id } of incidents) {
    const ending = world.items.endings.get(id);
    expect(ending, 'every incident ends').toBeDefined();
    expect(world.messages.length === 0 && ending && isTold(ending.end), 'a person is told').toBe(false);
    expect(
      new Set(world.history.filter(({ kind, incident }) => kind === 'outcome' && incident === id).map(({ reason }) => reason)).size,
      'one end',
    ).toBe(1);
  }
  expect(world.claims.leases.size, 'no lease is left').toBe(0);
  expect(Object.values(world.claims.slots.get('tagged#Web') ?? {}), 'no slot is left').toEqual([]);
}

/** The laws that hold at the moment of every act. */
function judge(world: World, earlier: readonly Sent[], act: Sent): void {
  const isOpen = ({ token, incident }: Sent) => world.items.attempts.get(token)?.result === undefined && !world.items.endings.has(incident);
  const open = earlier.filter(isOpen);
  const onTarget = earlier.filter(({ instanceId }) => instanceId === act.instanceId);
  expect(
    earlier.map(({ token }) => token),
    'one act for each attempt',
  ).not.toContain(act.token);
  expect(world.items.attempts.has(act.token), 'the attempt is written first').toBe(true);
  expect(world.items.endings.has(act.incident), 'nothing is done after the end').toBe(false);
  expect(
    open.filter(({ instanceId }) => instanceId === act.instanceId),
    'one act in flight on a target',
  ).toEqual([]);
  expect(new Set([...open, act].map(({ instanceId }) => instanceId)).size, 'the blast radius').toBeLessThanOrEqual(LIMIT);
  expect(Object.keys(liveSlots(world.claims.slots.get('tagged#Web') ?? {}, act.at)).length, 'the slots').toBeLessThanOrEqual(LIMIT);
  expect(world.claims.leases.get(`instance#${act.instanceId}`)?.incident, 'the claim').toBe(act.incident);
  expect(
    onTarget.filter(({ at }) => at > act.at - milliseconds(COOLDOWN)),
    'the cooldown',
  ).toEqual([]);
  expect(onTarget.length, 'the attempts').toBeLessThan(guardrails.attempts.most);
  expect(
    onTarget.filter(({ incident, token }) => incident === act.incident && token >= act.token),
    'rungs only go up',
  ).toEqual([]);
  expect(world.pause.text, 'the pause').toBe('running');
}

function watchCommands(world: World, sent: Sent[], violations: unknown[], clock: { now: Instant }, roll: Dice): void {
  const { send } = world.ports.commands;
  Object.assign(world.ports.commands, {
    async send(request: CommandRequest) {
      const act = { ...request, incident: request.token.slice(0, 64), at: world.items.attempts.get(request.token)?.at ?? clock.now };
      try {
        judge(world, sent, act);
      } catch (violation) {
        // Thrown here it would only be one more lost answer to the step.
        violations.push(violation);
      }
      sent.push(act);
      if (roll() < 30) world.account.commandsEnd.as = { status: 'failed', detail: 'Failed', exitCode: 1, output: '', errors: 'no' };
      else world.account.commandsEnd.as = { status: 'succeeded', detail: 'Success', exitCode: 0, output: '', errors: '' };
      return send(request);
    },
  });
}

function arrange(world: World, story: Story, incidents: readonly Incident[], clock: { now: Instant }): void {
  for (const id of FLEET) {
    world.account.instances.set(id, anInstance({ id }));
    world.account.agents.set(id, story.silent.includes(id) ? 'silent' : 'online');
  }
  Object.assign(world.ports.alarms, {
    async state(alarmName: string) {
      const index = incidents.findIndex((incident) => incident.alarmName === alarmName);
      const { cures, lasts, begins } = story.symptoms[index] ?? { cures: 0, lasts: 0, begins: 0 };
      const id = incidents[index]?.id ?? '';
      const tried = [0, 1, 2].filter((rung) => world.items.attempts.get(attemptToken(id, rung))?.receipt !== undefined).length;
      const isGone = clock.now > NOW + begins + lasts || (cures > 0 && tried >= cures);
      return { state: isGone ? 'OK' : 'ALARM', reason: '' };
    },
  });
}

function passTime(world: World, { leaves, pause }: Story, clock: { now: Instant }, now: Instant): void {
  clock.now = now;
  const minute = Math.floor((now - NOW) / MINUTE);
  world.pause.text = pause && minute >= pause.from && minute < pause.from + pause.minutes ? 'stop' : 'running';
  if (leaves && now >= NOW + leaves.after)
    world.account.instances.set(leaves.member, anInstance({ id: leaves.member, state: 'shutting-down' }));
}

function incidentOf({ policy, member, begins }: Story['symptoms'][number], index: number): Incident {
  return anIncident({
    id: index.toString(16).padStart(64, '0'),
    policy: policies[policy]?.name ?? '',
    symptom: policies[policy]?.symptom ?? '',
    target: { kind: 'instance', id: FLEET[member] ?? '' },
    openedAt: NOW + begins,
    receivedAt: NOW + begins,
    alarmName: `alarm-${index}`,
  });
}

function policyOf(incident: Incident): Policy {
  const policy = policies.find(({ name }) => name === incident.policy);
  if (!policy) throw new Error(`no policy ${incident.policy}`);
  return policy;
}

function diceOf({ dice }: Story): Dice {
  const numbers = dice[Symbol.iterator]();
  return () => numbers.next().value ?? 0;
}
