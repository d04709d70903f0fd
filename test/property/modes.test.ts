import { anInstance } from '@self-healing/simulation/accounts.ts';
import { anIncident, aPolicy, aRung, MINUTE, NOW, SECOND, waitRung } from '@self-healing/simulation/builders.ts';
import { fakePorts, type World } from '@self-healing/simulation/doubles/fake-ports.ts';
import { runs, SOAK } from '@self-healing/simulation/random-input.ts';
import { simulate } from '@self-healing/simulation/workflow-run.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Instant } from '../../lambdas/core/duration.ts';
import type { Policy } from '../../lambdas/core/policy.ts';
import type { CommandRequest } from '../../lambdas/core/ports.ts';

const FLEET = ['i-00000001', 'i-00000002', 'i-00000003'];

const guardrails = { blastRadius: { percent: 100, members: 3, zonePercent: 100 }, waitAtMost: { minutes: 20 } };
const clearCaches = aRung({ remedy: 'clear-caches', params: {} });
const approval = { within: { minutes: 15 }, approvers: 2 };
const policies: readonly Policy[] = [
  aPolicy({ name: 'Asks', ladder: [waitRung, clearCaches, aRung()], guardrails, mode: 'approval', approval }),
  aPolicy({ name: 'Watches', ladder: [waitRung, aRung()], guardrails, mode: 'shadow' }),
  aPolicy({ name: 'Acts', ladder: [clearCaches, aRung()], guardrails }),
];

/** Ends the search for a smaller counterexample while the test's own time lasts. */
const LONGEST_MILLISECONDS = 30_000 * SOAK;

const someStory = fc.record({
  symptoms: fc.array(
    fc.record({
      policy: fc.constantFrom(...policies),
      member: fc.constantFrom(...FLEET),
      begins: fc.nat(20).map((halves) => halves * 30 * SECOND),
      lasts: fc.oneof(
        fc.constant(Number.POSITIVE_INFINITY),
        fc.nat(40).map((minutes) => minutes * MINUTE),
      ),
    }),
    { minLength: 1, maxLength: 8 },
  ),
  random: fc.infiniteStream(fc.nat(99)),
});

type Story = typeof someStory extends fc.Arbitrary<infer S> ? S : never;

describe('incidents of policies that ask, watch and act, on steps that overlap, die, lose answers and are delivered twice', () => {
  it('change something only with the right to, and leave no question', async () => {
    await fc.assert(fc.asyncProperty(someStory, play), { numRuns: runs(50), interruptAfterTimeLimit: LONGEST_MILLISECONDS });
  });
});

async function play({ symptoms, random }: Story): Promise<void> {
  const world = fakePorts();
  const violations: unknown[] = [];
  const clock = { now: NOW };
  const incidents = symptoms.map(({ policy, member, begins }, index) => {
    const times = { openedAt: NOW + begins, receivedAt: NOW + begins };
    const target = { kind: 'instance', id: member } as const;
    return anIncident({ id: index.toString(16).padStart(64, '0'), policy: policy.name, target, alarmName: `alarm-${index}`, ...times });
  });
  for (const id of FLEET) {
    world.account.instances.set(id, anInstance({ id }));
    world.account.agents.set(id, 'online');
  }
  playSymptoms(world, symptoms, clock);
  judgeCommands(world, violations);
  const numbers = random[Symbol.iterator]();

  await simulate(
    world,
    incidents.map((incident, index) => ({
      state: { incident, policy: symptoms[index]?.policy ?? aPolicy() },
      due: incident.receivedAt,
      tries: 0,
    })),
    () => numbers.next().value ?? 0,
    (now) => {
      clock.now = now;
    },
  );

  if (violations.length > 0) throw violations[0];
  expect(world.approvals.open.size, 'no question is left').toBe(0);
  // What is kept for an act that outlives its incident lapses by itself.
  const left = [...world.claims.leases.values()].filter(({ over }) => !over);
  expect(left, 'no lease is left').toEqual([]);
  for (const { id } of incidents) expect(world.items.endings.has(id), 'every incident ends').toBe(true);
}

function playSymptoms(world: World, symptoms: Story['symptoms'], clock: { now: Instant }): void {
  const state = async (alarmName: string) => {
    const { begins, lasts } = symptoms[Number(alarmName.slice('alarm-'.length))] ?? { begins: 0, lasts: 0 };
    return { state: clock.now > NOW + begins + lasts ? 'OK' : 'ALARM', reason: '' };
  };
  Object.assign(world.ports.alarms, { state });
}

/** Judges every act at its moment. What it throws would only be one more lost answer to the step. */
function judgeCommands(world: World, violations: unknown[]): void {
  const { send } = world.ports.commands;
  Object.assign(world.ports.commands, {
    async send(request: CommandRequest) {
      const policy = policies.find(({ name }) => name === world.items.attempts.get(request.token)?.policy);
      const answers = [...(world.approvals.answers.get(request.token)?.values() ?? [])].map(({ answer }) => answer);
      try {
        expect(policy?.mode, 'shadow does nothing').not.toBe('shadow');
        if (policy?.mode === 'approval') expect(answers, 'approved by both, for this very rung').toEqual(['approve', 'approve']);
      } catch (violation) {
        violations.push(violation);
      }
      return send(request);
    },
  });
}
