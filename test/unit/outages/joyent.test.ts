import { aGroup, aMember, anInstance } from '@self-healing/simulation/accounts.ts';
import { ALARM_NAME, aPolicy, aState, INSTANCE_ID, NOW } from '@self-healing/simulation/builders.ts';
import { failing, fakePorts, type World } from '@self-healing/simulation/doubles/fake-ports.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import { TryAgain } from '../../../lambdas/core/failure.ts';
import { policySchema } from '../../../lambdas/core/policy.ts';
import { intake } from '../../../lambdas/steps/intake.ts';
import { triage } from '../../../lambdas/steps/triage.ts';
import { sampleAlarm, sampleEvent } from '../../support/sample-events.ts';

const TARGET_GROUP = 'arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/web/73e2d6bc24d8a067';
const LARGEST = 20;

let world: World;
beforeEach(() => {
  world = fakePorts();
  world.account.instances.set(INSTANCE_ID, anInstance());
  world.account.alarms.set(ALARM_NAME, { state: 'ALARM', reason: 'too much' });
});

const ids = (count: number) => Array.from({ length: count }, (_, index) => `i-0000${String(index).padStart(4, '0')}`);
const fillFleet = (count: number) => {
  for (const id of ids(count)) world.account.instances.set(id, anInstance({ id }));
};
const claimed = () => world.claims.leases.size + world.claims.slots.size;

describe('Joyent: a tool rebooted every server of a data centre, because a flag that said which was missing', () => {
  it.each(['targets', 'group', 'ladder', 'guardrails'])(
    'a rule whose policy says no %s starts nothing, and fails loudly',
    async (missing) => {
      const policy = Object.fromEntries(Object.entries(aPolicy()).filter(([name]) => name !== missing));

      await expect(intake({ policy, event: sampleEvent('metric-alarm') }, world.ports, NOW)).rejects.toMatchObject({ name: 'Defect' });
      expect(world.started.size).toBe(0);
      expect(world.history).toMatchObject([{ kind: 'rejected', text: expect.stringContaining(missing) }]);
    },
  );

  it('a fleet event that names no instance starts nothing', async () => {
    const policy = aPolicy({ targets: { kind: 'contributor', attribute: 'InstanceId' } });
    const event = sampleAlarm('contributor', { alarmContributor: { id: '6d44', attributes: {} } });
    await intake({ policy, event }, world.ports, NOW);

    expect(world.started.size).toBe(0);
    expect(world.history).toMatchObject([{ kind: 'rejected', reason: 'invalid-target' }]);
  });

  it.each(['*', 'all', '', 'i-*'])('a policy for the instance "%s" is none', (id) => {
    expect(policySchema.safeParse(aPolicy({ targets: { kind: 'fixed', target: { kind: 'instance', id } } })).success).toBe(false);
  });

  it('a fleet that suddenly has more members than expected, as by a tag on everything, is not acted on', async () => {
    const state = aState({ policy: aPolicy({ guardrails: { largestFleet: LARGEST } }) });
    fillFleet(LARGEST - 1);
    expect(await triage(state, world.ports, NOW)).toMatchObject({ do: 'remediate' });

    world = fakePorts();
    world.account.instances.set(INSTANCE_ID, anInstance());
    world.account.alarms.set(ALARM_NAME, { state: 'ALARM', reason: 'too much' });
    fillFleet(LARGEST);
    expect(await triage(state, world.ports, NOW)).toMatchObject({
      do: 'conclude',
      end: { outcome: 'handed-off', reason: 'fleet-too-large' },
    });
    expect(claimed()).toBe(0);
  });

  it('more unhealthy targets than the fleet has members start nothing, and people are told', async () => {
    const targets = { kind: 'unhealthy-targets', targetGroupArn: TARGET_GROUP } as const;
    world.account.unhealthy.set(TARGET_GROUP, ids(LARGEST + 1));
    await intake(
      { policy: aPolicy({ targets, guardrails: { largestFleet: LARGEST } }), event: sampleEvent('metric-alarm') },
      world.ports,
      NOW,
    );

    expect(world.started.size).toBe(0);
    expect(world.history).toMatchObject([{ kind: 'rejected', reason: 'fleet-too-large', outcome: 'handed-off' }]);
    expect(world.messages).toHaveLength(1);
  });

  it('an unhealthy target that is no member of the group is not acted on', async () => {
    const stranger = { kind: 'instance', id: 'i-0bbbbccccddddeeee' } as const;
    world.account.instances.set(stranger.id, anInstance({ id: stranger.id }));
    world.account.groups.set('web', aGroup({ members: [aMember(INSTANCE_ID)] }));
    world.account.unhealthy.set(TARGET_GROUP, [stranger.id]);
    const policy = aPolicy({
      targets: { kind: 'unhealthy-targets', targetGroupArn: TARGET_GROUP },
      group: { kind: 'auto-scaling-group', name: 'web' },
    });
    await intake({ policy, event: sampleEvent('metric-alarm') }, world.ports, NOW);
    const [state] = [...world.started.values()];

    expect(state).toMatchObject({ incident: { target: stranger } });
    expect(await triage(state as Parameters<typeof triage>[0], world.ports, NOW)).toMatchObject({ end: { reason: 'not-in-fleet' } });
    expect(claimed()).toBe(0);
  });

  it.each(['instances.describe', 'instances.tagged', 'alarms.state', 'store.history', 'claims.slots', 'pauseSwitch.read'])(
    'nothing is acted on when %s, by which it would be seen, fails',
    async (call) => {
      failing(world, call, new TryAgain('throttled', undefined));
      await expect(triage(aState(), world.ports, NOW)).rejects.toThrow('throttled');
      expect(claimed()).toBe(0);
    },
  );
});
