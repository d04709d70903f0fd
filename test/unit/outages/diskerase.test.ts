import { aGroup, anInstance } from '@self-healing/simulation/accounts.ts';
import { ALARM_NAME, anIncident, aPolicy, aRung, aState, INSTANCE_ID, NOW } from '@self-healing/simulation/builders.ts';
import { fakePorts, type World } from '@self-healing/simulation/doubles/fake-ports.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import { attemptToken } from '../../../lambdas/core/incident.ts';
import { remediatorNamed } from '../../../lambdas/remediators/registry.ts';
import { intake } from '../../../lambdas/steps/intake.ts';
import { remediate } from '../../../lambdas/steps/remediate.ts';
import { triage } from '../../../lambdas/steps/triage.ts';
import { sampleEvent } from '../../support/sample-events.ts';

const TARGET_GROUP = 'arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/web/73e2d6bc24d8a067';

let world: World;
beforeEach(() => {
  world = fakePorts();
  world.account.instances.set(INSTANCE_ID, anInstance());
  for (const number of [1, 2, 3]) world.account.instances.set(`i-0000000${number}`, anInstance({ id: `i-0000000${number}` }));
  world.account.agents.set(INSTANCE_ID, 'online');
  world.account.alarms.set(ALARM_NAME, { state: 'ALARM', reason: 'too much' });
});

/** What would be acted on if the empty set were read as "all". */
function untouched(): void {
  expect(world.account.commands.size).toBe(0);
  expect(world.account.rebooted).toEqual([]);
  expect(world.claims.leases.size + world.claims.slots.size).toBe(0);
}

describe('Diskerase (Google): a decommission that was run again found an empty set, read it as "all", and wiped the disks', () => {
  it('an alarm whose load balancer names nobody any more opens no incident', async () => {
    const policy = aPolicy({ targets: { kind: 'unhealthy-targets', targetGroupArn: TARGET_GROUP } });
    await intake({ policy, event: sampleEvent('metric-alarm') }, world.ports, NOW);

    expect(world.started.size).toBe(0);
    expect(world.history).toMatchObject([{ kind: 'rejected', reason: 'no-target' }]);
    expect(world.messages).toHaveLength(1);
  });

  it.each([
    ['a tag that nobody carries any more', aPolicy({ group: { kind: 'tagged', name: 'Web', key: 'SelfHeal', value: 'moved' } })],
    ['an Auto Scaling group without members', aPolicy({ group: { kind: 'auto-scaling-group', name: 'web' } })],
    ['an Auto Scaling group that was deleted', aPolicy({ group: { kind: 'auto-scaling-group', name: 'deleted' } })],
    ['instances that are all gone', aPolicy({ group: { kind: 'instances', name: 'Web', ids: ['i-0ffffffffffffffff'] } })],
  ])('a fleet by %s is nobody, and nothing is done', async (_, policy) => {
    world.account.groups.set('web', aGroup({ members: [] }));

    expect(await triage(aState({ policy }), world.ports, NOW)).toMatchObject({ do: 'conclude', end: { reason: 'not-in-fleet' } });
    untouched();
  });

  it('a step that is run again after the fleet was emptied does not act on what it decided before', async () => {
    const state = aState({ policy: aPolicy({ ladder: [aRung({ remedy: 'restart-service', params: { service: 'nginx' } })] }) });
    expect(await triage(state, world.ports, NOW)).toMatchObject({ do: 'remediate' });

    for (const id of world.account.instances.keys()) world.account.instances.set(id, anInstance({ id, tags: {} }));
    expect(await triage(state, world.ports, NOW)).toMatchObject({ do: 'conclude', end: { reason: 'not-in-fleet' } });
    expect(world.account.commands.size).toBe(0);
  });

  it('an act that is run again is not done again, and never on anybody else', async () => {
    const state = aState({ next: { do: 'remediate', remedy: 'restart-service', rung: 0 } });
    await triage(state, world.ports, NOW);
    const restart = remediatorNamed('restart-service');
    if (!restart) throw new Error('restart-service is not registered');
    for (const _ of [1, 2, 3]) await remediate(state, restart, 'doc', world.ports, NOW);

    expect([...world.account.commands.values()].map(({ request }) => [request.instanceId, request.token])).toEqual([
      [INSTANCE_ID, attemptToken(anIncident().id, 0)],
    ]);
  });
});
