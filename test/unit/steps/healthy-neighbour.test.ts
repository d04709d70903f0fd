import { aGroup, aMember, anInstance } from '@self-healing/simulation/accounts.ts';
import { anIncident, aPolicy, aRung, aState, INSTANCE_ID, MINUTE, NOW, waitRung } from '@self-healing/simulation/builders.ts';
import { fakePorts, type World } from '@self-healing/simulation/doubles/fake-ports.ts';
import { driven, endOf } from '@self-healing/simulation/driven-incident.ts';
import { beforeEach, describe, expect, it } from 'vitest';

const TARGET_GROUP = 'arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/shop/1';
const NEIGHBOUR = 'i-0bbbbbbbbbbbbbbbb';
const ALARM = 'healing-Shop-unhealthy-targets';

const policy = aPolicy({
  name: 'Shop-unhealthy-targets',
  symptom: 'unhealthy-targets',
  targets: { kind: 'unhealthy-targets', targetGroupArn: TARGET_GROUP },
  group: { kind: 'auto-scaling-group', name: 'web' },
  ladder: [
    { ...waitRung, verifyWithin: { minutes: 2 } },
    aRung(),
    aRung({ remedy: 'replace-instance', params: {}, settle: { minutes: 1 }, verifyWithin: { minutes: 15 } }),
  ],
});
const started = aState({
  policy,
  incident: anIncident({ policy: policy.name, symptom: policy.symptom, alarmName: ALARM, openedAt: NOW, receivedAt: NOW }),
});

let world: World;
beforeEach(() => {
  world = fakePorts();
  const ids = [INSTANCE_ID, NEIGHBOUR, ...Array.from({ length: 8 }, (_, number) => `i-0000000${number}`)];
  for (const id of ids) {
    world.account.instances.set(id, { ...anInstance({ id }), tags: { 'aws:autoscaling:groupName': 'web' } });
    world.account.agents.set(id, 'online');
  }
  world.account.groups.set('web', aGroup({ members: ids.map((id) => aMember(id)) }));
  // The neighbour keeps the one alarm of the group in ALARM all the time.
  world.account.alarms.set(ALARM, { state: 'ALARM', reason: '' });
});

const acts = () => world.calls.filter((call) => /commands\.send|markUnhealthy/.test(call));

describe('a target of a load balancer whose neighbour stays unhealthy', () => {
  it('is left alone when it is healthy at the first look', async () => {
    world.account.unhealthy.set(TARGET_GROUP, [NEIGHBOUR]);
    expect(endOf(await driven(started, world, NOW))).toMatchObject({ outcome: 'skipped', reason: 'already-recovered' });
    expect(acts()).toEqual([]);
    expect(world.messages).toEqual([]);
  });

  it('recovers by itself while the first rung waits', async () => {
    const steps = await driven(started, world, NOW, (now) => {
      world.account.unhealthy.set(TARGET_GROUP, now < NOW + MINUTE ? [INSTANCE_ID, NEIGHBOUR] : [NEIGHBOUR]);
    });
    expect(endOf(steps)).toMatchObject({ outcome: 'recovered', reason: 'recovered-by-itself' });
    expect(acts()).toEqual([]);
  });

  it('is healed by the restart, and not replaced for its neighbour; the breaker learns that it helped', async () => {
    const steps = await driven(started, world, NOW, () => {
      world.account.unhealthy.set(TARGET_GROUP, acts().length > 0 ? [NEIGHBOUR] : [INSTANCE_ID, NEIGHBOUR]);
    });
    expect(endOf(steps)).toMatchObject({ outcome: 'recovered', reason: 'healed' });
    expect(acts()).toEqual(['commands.send']);
    expect([...world.claims.breakers.values()]).not.toContainEqual(expect.objectContaining({ state: 'open' }));
  });

  it('climbs on as long as it is unhealthy itself', async () => {
    world.account.unhealthy.set(TARGET_GROUP, [INSTANCE_ID, NEIGHBOUR]);
    expect(endOf(await driven(started, world, NOW))).toMatchObject({ outcome: 'handed-off' });
    expect(acts()).toContain('commands.send');
  });

  it.each(['initial', 'draining', 'unused', 'unavailable', 'unregistered'] as const)(
    'is not acted on while it is %s, and people are told that nobody can see',
    async (health) => {
      world.account.unhealthy.set(TARGET_GROUP, [NEIGHBOUR]);
      world.account.targetHealth.set(INSTANCE_ID, health);
      expect(endOf(await driven(started, world, NOW))).toMatchObject({ outcome: 'handed-off', reason: 'symptom-unknown' });
      expect(acts()).toEqual([]);
      expect(world.messages).toHaveLength(1);
    },
  );

  it('is read with one request to the load balancer a look', async () => {
    world.account.unhealthy.set(TARGET_GROUP, [NEIGHBOUR]);
    await driven(started, world, NOW);
    expect(world.calls.filter((call) => call === 'loadBalancers.targetHealth')).toHaveLength(1);
  });

  it('is left alone while the actions of the alarm are disabled', async () => {
    world.account.unhealthy.set(TARGET_GROUP, [INSTANCE_ID, NEIGHBOUR]);
    world.ports.alarms.state = async () => ({ state: 'ALARM', reason: '', disabled: true });
    expect(endOf(await driven(started, world, NOW))).toMatchObject({ reason: 'muted' });
    expect(acts()).toEqual([]);
  });
});
