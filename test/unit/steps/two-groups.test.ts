import { aCluster, aDatabase, aGroup, aMember, anInstance } from '@self-healing/simulation/accounts.ts';
import { anIncident, aPolicy, aRung, NOW, SECOND, someGuardrails } from '@self-healing/simulation/builders.ts';
import { fakePorts, type World } from '@self-healing/simulation/doubles/fake-ports.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Incident } from '../../../lambdas/core/incident.ts';
import type { Next } from '../../../lambdas/core/next.ts';
import type { Policy } from '../../../lambdas/core/policy.ts';
import { GROUP_TAG } from '../../../lambdas/core/selection.ts';
import { targetKey } from '../../../lambdas/core/target.ts';
import { remediatorNamed } from '../../../lambdas/remediators/registry.ts';
import { conclude } from '../../../lambdas/steps/conclude.ts';
import { remediate } from '../../../lambdas/steps/remediate.ts';
import { triage } from '../../../lambdas/steps/triage.ts';

let world: World;
beforeEach(() => {
  world = fakePorts();
});

const limits = (({ blastRadius, healthyFloor }) => ({ blastRadius, healthyFloor }))(someGuardrails());
const tagged: Policy['group'] = { kind: 'tagged', name: 'Fleet', key: 'SelfHeal', value: 'enabled' };
const scaled: Policy['group'] = { kind: 'auto-scaling-group', name: 'shop' };
const alsoTagged: Policy['group'] = { kind: 'tagged', name: 'Blue', key: 'color', value: 'blue' };
const ids = (size: number) => Array.from({ length: size }, (_, number) => `i-${String(number).padStart(8, '0')}`);
const given = (size: number): Policy['group'] => ({ kind: 'instances', name: 'Given', ids: ids(size) });

/** A policy for one group that knows of the other one. */
function policyOf(group: Policy['group'], other: Policy['group'], more: Partial<Policy> = {}): Policy {
  return aPolicy({ name: `${group.kind}-policy`, group, alongside: [{ group: other, ...limits }], ...more });
}

function incidentOf(policy: Policy, target: Incident['target'], letter: string): Incident {
  world.account.alarms.set(policy.name, { state: 'ALARM', reason: 'high' });
  return anIncident({ id: letter.repeat(64), policy: policy.name, alarmName: policy.name, target });
}

/** Members of the Auto Scaling group that carry both tags and are given by their ids. */
function fleetOf(size: number): void {
  for (const id of ids(size)) {
    world.account.instances.set(id, anInstance({ id, tags: { SelfHeal: 'enabled', color: 'blue', [GROUP_TAG]: 'shop' } }));
    world.account.agents.set(id, 'online');
  }
  world.account.groups.set('shop', aGroup({ name: 'shop', max: 9, desired: size, members: ids(size).map((id) => aMember(id)) }));
}

async function triaged(incident: Incident, policy: Policy, now = NOW): Promise<Next> {
  const next = await triage({ incident, policy }, world.ports, now);
  const remediator = next.do === 'remediate' ? remediatorNamed(next.remedy) : undefined;
  return remediator ? remediate({ incident, policy, next }, remediator, 'document', world.ports, now) : next;
}

const restarted = () => [...world.account.commands.values()].map(({ request }) => request.instanceId);

describe('the Auto Scaling group of a machine', () => {
  it.each([2, 3, 4])('of %i members loses one at a time, though the policies do not know of it', async (size) => {
    fleetOf(size);
    const [one, other] = [aPolicy({ name: 'one', group: tagged }), aPolicy({ name: 'other', group: alsoTagged })];
    const [here, there] = ids(size).map((id) => ({ kind: 'instance', id }) as const);
    await triaged(incidentOf(one, here as Incident['target'], 'a'), one);
    expect(await triaged(incidentOf(other, there as Incident['target'], 'b'), other, NOW + SECOND)).toMatchObject({ do: 'triage' });
    expect(restarted()).toEqual(ids(1));
  });
});

describe('two groups of a pipeline over the same machines', () => {
  const pairs = [
    ['a tag and an Auto Scaling group', () => tagged, () => scaled],
    ['two tags', () => tagged, () => alsoTagged],
    ['given instances and a tag', given, () => tagged],
    ['an Auto Scaling group and given instances', () => scaled, given],
  ] as const;

  describe.each(pairs)('%s', (_, first, second) => {
    it.each([2, 3, 4])('let one of %i members be restarted at a time, whichever policy comes first', async (size) => {
      fleetOf(size);
      const [one, other] = [policyOf(first(size), second(size)), policyOf(second(size), first(size), { name: 'other' })];
      const [here, there] = ids(size).map((id) => ({ kind: 'instance', id }) as const);
      await triaged(incidentOf(one, here as Incident['target'], 'a'), one);
      expect(await triaged(incidentOf(other, there as Incident['target'], 'b'), other, NOW + SECOND)).toMatchObject({ do: 'triage' });
      expect(restarted()).toEqual(ids(1));
    });

    it('let one of two be restarted when both are decided in the same moment', async () => {
      fleetOf(2);
      const [one, other] = [policyOf(first(2), second(2)), policyOf(second(2), first(2), { name: 'other' })];
      const [here, there] = ids(2).map((id) => ({ kind: 'instance', id }) as const);
      await Promise.all([
        triaged(incidentOf(one, here as Incident['target'], 'a'), one),
        triaged(incidentOf(other, there as Incident['target'], 'b'), other),
      ]);
      expect(restarted()).toHaveLength(1);
    });
  });

  it('give the slots of every group back when the incident ends', async () => {
    fleetOf(3);
    const policy = policyOf(tagged, scaled);
    const incident = incidentOf(policy, { kind: 'instance', id: 'i-00000000' }, 'a');
    await triaged(incident, policy);
    const busy = () => [...world.claims.slots.values(), ...world.claims.members.values()].flatMap((slots) => Object.keys(slots));
    expect(busy()).toHaveLength(3);
    for (const attempt of await world.ports.store.attempts(incident.id))
      await world.ports.store.recordResult(attempt, 'recovered', 'gone', NOW);
    const next: Next = { do: 'conclude', end: { outcome: 'recovered', reason: 'healed', why: 'gone' } };
    await conclude({ incident, policy, next }, world.ports, NOW);
    expect(busy()).toEqual([]);
    expect(world.claims.leases.size).toBe(0);
  });

  it('count an instance that is in one of the groups only for that one', async () => {
    fleetOf(2);
    world.account.instances.set('i-00000000', anInstance({ id: 'i-00000000', tags: { SelfHeal: 'enabled' } }));
    world.account.agents.set('i-00000000', 'online');
    const policy = policyOf(tagged, scaled);
    await triaged(incidentOf(policy, { kind: 'instance', id: 'i-00000000' }, 'a'), policy);
    expect([...world.claims.slots.keys()]).toEqual(['tagged#Fleet']);
  });

  it('keep the healthy floor of the other group', async () => {
    fleetOf(4);
    const members = ids(4).map((id, index) => aMember(id, { healthy: index === 0 }));
    world.account.groups.set('shop', aGroup({ name: 'shop', max: 9, desired: 4, members }));
    const policy = policyOf(tagged, scaled);
    expect(await triaged(incidentOf(policy, { kind: 'instance', id: 'i-00000000' }, 'a'), policy)).toMatchObject({ do: 'triage' });
    expect(world.history.at(-1)?.text).toContain(
      '0 other members of Auto Scaling group shop, of 4 are healthy and not in remediation; 2 must be',
    );
  });
});

describe('the healthy floor of a group', () => {
  it('holds when two members are decided on in the same moment', async () => {
    fleetOf(20);
    const members = ids(20).map((id, index) => aMember(id, { healthy: index < 11 }));
    world.account.groups.set('shop', aGroup({ name: 'shop', max: 20, desired: 20, members }));
    const policy = aPolicy({ name: 'shop', group: scaled });
    const incidents = ids(2).map((id, index) => incidentOf(policy, { kind: 'instance', id }, 'ab'[index] as string));
    await Promise.all(incidents.map((incident) => triaged(incident, policy)));
    expect(restarted()).toHaveLength(1);
  });
});

describe('an Auto Scaling group and its member', () => {
  const capacity = () =>
    aPolicy({
      name: 'Group-cpu',
      targets: { kind: 'fixed', target: { kind: 'auto-scaling-group', name: 'shop' } },
      group: { kind: 'single', target: { kind: 'auto-scaling-group', name: 'shop' } },
      ladder: [aRung({ remedy: 'add-capacity', params: { instances: 1 } })],
    });
  const group = { kind: 'auto-scaling-group', name: 'shop' } as const;
  const member = { kind: 'instance', id: 'i-00000001' } as const;

  it('are not changed at once, the member first; the group waits and says for whom', async () => {
    fleetOf(3);
    const one = policyOf(tagged, scaled);
    await triaged(incidentOf(one, member, 'a'), one);
    expect(await triaged(incidentOf(capacity(), group, 'b'), capacity(), NOW + SECOND)).toMatchObject({ do: 'triage' });
    expect(world.history.at(-1)?.text).toBe('wait (target-busy): incident aaaaaaaa is working on instance i-00000001, which it contains');
    expect(world.account.groups.get('shop')?.desired).toBe(3);
  });

  it('are not changed at once, the group first; the member waits and says for which policy', async () => {
    fleetOf(3);
    const one = policyOf(tagged, scaled);
    await triaged(incidentOf(capacity(), group, 'b'), capacity());
    expect(await triaged(incidentOf(one, member, 'a'), one, NOW + SECOND)).toMatchObject({ do: 'triage' });
    expect(world.history.at(-1)?.text).toBe(
      'wait (target-busy): policy Group-cpu is working on Auto Scaling group shop, which contains it',
    );
    expect(restarted()).toEqual([]);
  });

  it('are not changed at once when both are decided in the same moment', async () => {
    fleetOf(3);
    const one = policyOf(tagged, scaled);
    await Promise.all([triaged(incidentOf(capacity(), group, 'b'), capacity()), triaged(incidentOf(one, member, 'a'), one)]);
    expect([restarted().length, world.account.groups.get('shop')?.desired]).toSatisfy(
      ([commands, desired]) => (commands === 1 && desired === 3) || (commands === 0 && desired === 4),
    );
  });

  it('are handed off as a busy target when the wait is too long', async () => {
    fleetOf(3);
    const one = policyOf(tagged, scaled);
    await triaged(incidentOf(one, member, 'a'), one);
    const impatient = aPolicy({ ...capacity(), guardrails: someGuardrails({ waitAtMost: { seconds: 10 } }) });
    expect(await triaged(incidentOf(impatient, group, 'b'), impatient, NOW + SECOND)).toMatchObject({
      do: 'conclude',
      end: { reason: 'target-busy' },
    });
  });

  it('may be changed while the other one only waits', async () => {
    fleetOf(3);
    const waiting = aPolicy({ ...capacity(), ladder: [aRung({ remedy: 'wait-and-see', params: {}, acts: false })] });
    expect(await triaged(incidentOf(waiting, group, 'b'), waiting)).toMatchObject({ do: 'verify' });
    expect(world.claims.leases.get(targetKey(group))?.incident).toBe('b'.repeat(64));
    const one = policyOf(tagged, scaled);
    await triaged(incidentOf(one, member, 'a'), one);
    expect(restarted()).toEqual([member.id]);
  });
});

describe('a database cluster and its member', () => {
  const cluster = { kind: 'database-cluster', id: 'orders' } as const;
  const member = { kind: 'database', id: 'orders-1' } as const;
  const rebooting = (target: typeof cluster | typeof member) =>
    aPolicy({
      name: target.kind,
      targets: { kind: 'fixed', target },
      group: { kind: 'single', target },
      ladder: [aRung({ remedy: target.kind === 'database' ? 'reboot-database' : 'fail-over-database', params: {} })],
    });

  beforeEach(() => {
    world.account.databases.set('orders-1', aDatabase({ id: 'orders-1', cluster: 'orders' }));
    world.account.clusters.set('orders', aCluster({ id: 'orders' }));
  });

  it.each([
    ['the member first', member, cluster, 'incident aaaaaaaa is working on database orders-1, which it contains'],
    ['the cluster first', cluster, member, 'policy database-cluster is working on database cluster orders, which contains it'],
  ] as const)('are not changed at once, %s', async (_, first, second, why) => {
    const [one, other] = [rebooting(first), rebooting(second)];
    expect(await triage({ incident: incidentOf(one, first, 'a'), policy: one }, world.ports, NOW)).toMatchObject({ do: 'remediate' });
    expect(await triage({ incident: incidentOf(other, second, 'b'), policy: other }, world.ports, NOW + SECOND)).toMatchObject({
      do: 'triage',
    });
    expect(world.history.at(-1)?.text).toBe(`wait (target-busy): ${why}`);
  });
});

describe('two pipelines over the same machines', () => {
  const published = (pipeline: string) => world.pipelines.push({ pipeline, selections: [tagged] });

  it('leave the act to the one whose name comes first; the other hands off and names it', async () => {
    fleetOf(10);
    published('bank');
    const policy = aPolicy({ group: tagged });
    const next = await triaged(incidentOf(policy, { kind: 'instance', id: 'i-00000001' }, 'a'), policy);
    expect(next).toMatchObject({ do: 'conclude', end: { outcome: 'handed-off', reason: 'other-pipeline' } });
    expect(next.do === 'conclude' && next.end.why).toContain('the pipeline bank protects instance i-00000001, too');
    expect(world.claims.leases.size).toBe(0);
  });

  it('are one pipeline’s, too, where the other would change the group that has them and has not their tag itself', async () => {
    fleetOf(4);
    published('bank');
    const group = { kind: 'auto-scaling-group', name: 'shop' } as const;
    const policy = aPolicy({
      targets: { kind: 'fixed', target: group },
      group: { kind: 'single', target: group },
      ladder: [aRung({ remedy: 'add-capacity', params: {} })],
    });
    const next = await triaged(incidentOf(policy, group, 'a'), policy);
    expect(next).toMatchObject({ do: 'conclude', end: { outcome: 'handed-off', reason: 'other-pipeline' } });
  });

  it('do not stop the one whose name comes first', async () => {
    fleetOf(10);
    published('healing');
    published('shop');
    const policy = aPolicy({ group: tagged });
    await triaged(incidentOf(policy, { kind: 'instance', id: 'i-00000001' }, 'a'), policy);
    expect(restarted()).toEqual(['i-00000001']);
  });

  it('are not read before a rung that changes nothing', async () => {
    fleetOf(10);
    published('bank');
    const policy = aPolicy({ group: tagged, ladder: [aRung({ remedy: 'wait-and-see', params: {}, acts: false })] });
    expect(await triaged(incidentOf(policy, { kind: 'instance', id: 'i-00000001' }, 'a'), policy)).toMatchObject({ do: 'verify' });
    expect(world.calls).not.toContain('pipelines.published');
  });
});
