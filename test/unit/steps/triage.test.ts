import { aCluster, aDatabase, aGroup, aMember, anInstance } from '@self-healing/simulation/accounts.ts';
import {
  ALARM_NAME,
  anAttempt,
  anIncident,
  aPolicy,
  aRung,
  aSlot,
  aState,
  HOUR,
  INSTANCE_ID,
  MINUTE,
  NOW,
  SECOND,
  waitRung,
} from '@self-healing/simulation/builders.ts';
import { fakePorts, texts, type World } from '@self-healing/simulation/doubles/fake-ports.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import { triageAt } from '../../../lambdas/core/next.ts';
import { GROUP_TAG } from '../../../lambdas/core/selection.ts';
import { targetKey } from '../../../lambdas/core/target.ts';
import { conclude } from '../../../lambdas/steps/conclude.ts';
import { readSnapshot } from '../../../lambdas/steps/read-snapshot.ts';
import { triage } from '../../../lambdas/steps/triage.ts';

let world: World;
beforeEach(() => {
  world = fakePorts();
  world.account.instances.set(INSTANCE_ID, anInstance());
  for (const number of Array.from({ length: 19 }, (_, index) => index)) {
    const id = `i-000000${String(number).padStart(2, '0')}`;
    world.account.instances.set(id, anInstance({ id }));
  }
  world.account.alarms.set(ALARM_NAME, { state: 'ALARM', reason: 'too much' });
});

const triaged = (given: Parameters<typeof aState>[0] = {}) => triage(aState(given), world.ports, NOW);
const leaseOf = (incident = anIncident()) => world.claims.leases.get(targetKey(incident.target));

describe('triage', () => {
  it('takes lease and slot before it answers to remediate', async () => {
    expect(await triaged()).toEqual({ do: 'remediate', remedy: 'restart-service', rung: 0, decidedAt: NOW, actsKnown: 0 });

    expect(leaseOf()).toMatchObject({ incident: anIncident().id, policy: 'Web-memory' });
    expect(Object.keys(world.claims.slots.get('tagged#Web') ?? {})).toEqual([anIncident().id]);
    expect(texts(world, 'decision')).toEqual(['rung 1: restart-service']);
  });

  it('reads no attempts of an incident that is new, and those of one that is not', async () => {
    await triaged();
    expect(world.calls).not.toContain('store.attempts');
    await triaged();
    expect(world.calls.filter((call) => call === 'store.attempts')).toHaveLength(1);
  });

  it.each(['history.write', 'claims.claim'])('fails where %s fails, after the other one has ended', async (failing) => {
    world.disturb.before = async (call) => {
      if (call === failing) throw new Error('not today');
      if (call === 'history.write' || call === 'claims.claim') await new Promise((resolve) => setImmediate(resolve));
    };
    await expect(triaged()).rejects.toThrow('not today');
    expect([world.history.length, world.claims.leases.size]).toEqual(failing === 'history.write' ? [0, 1] : [1, 0]);
  });

  it('gives the same answer when it is run again', async () => {
    const first = await triaged();
    expect(await triaged()).toEqual(first);
  });

  it('takes no slot for a rung that changes nothing', async () => {
    expect(await triaged({ policy: aPolicy({ ladder: [waitRung] }) })).toMatchObject({ do: 'remediate', remedy: 'wait-and-see' });

    expect(leaseOf()).toBeDefined();
    expect(world.claims.slots.size).toBe(0);
  });

  it.each<[string, () => void, string, string]>([
    ['the pipeline is paused', () => (world.pause.text = 'noon'), 'skipped', 'paused'],
    ['the pause switch is missing', () => (world.pause.text = undefined), 'skipped', 'paused'],
    [
      'the target has the exclusion tag',
      () => world.account.instances.set(INSTANCE_ID, anInstance({ tags: { SelfHeal: 'enabled', SelfHealExclude: 'true' } })),
      'skipped',
      'excluded',
    ],
    ['the target is not in the fleet', () => world.account.instances.set(INSTANCE_ID, anInstance({ tags: {} })), 'skipped', 'not-in-fleet'],
    ['the target is gone', () => world.account.instances.delete(INSTANCE_ID), 'skipped', 'target-gone'],
    ['the target is stopping', () => world.account.instances.set(INSTANCE_ID, anInstance({ state: 'stopping' })), 'skipped', 'target-gone'],
    ['the alarm is OK again', () => world.account.alarms.set(ALARM_NAME, { state: 'OK', reason: '' }), 'skipped', 'already-recovered'],
  ])('ends the incident and claims nothing when %s', async (_, arrange, outcome, reason) => {
    arrange();

    expect(await triaged()).toMatchObject({ do: 'conclude', end: { outcome, reason } });
    expect(world.claims.leases.size + world.claims.slots.size).toBe(0);
  });

  it('waits while the alarm has no data', async () => {
    world.account.alarms.set(ALARM_NAME, { state: 'INSUFFICIENT_DATA', reason: '' });
    expect(await triaged()).toEqual({ do: 'triage', at: new Date(NOW + 30 * SECOND).toISOString() });
  });

  it('waits while another policy works on the target', async () => {
    world.claims.leases.set(`instance#${INSTANCE_ID}`, { incident: 'other', policy: 'Web-disk', expiresAt: NOW + HOUR });
    expect(await triaged()).toEqual({ do: 'triage', at: new Date(NOW + 30 * SECOND).toISOString() });
    expect(leaseOf()?.incident).toBe('other');
  });

  it('waits, and claims nothing, while the group has no free slot', async () => {
    world.claims.slots.set('tagged#Web', { one: aSlot(NOW + HOUR), two: aSlot(NOW + HOUR) });
    expect(await triaged()).toMatchObject({ do: 'triage' });
    expect(leaseOf()).toBeUndefined();
  });

  it('looks again when another incident took the lease between reading and claiming', async () => {
    world.disturb.before = (call) => {
      if (call === 'claims.claim')
        world.claims.leases.set(`instance#${INSTANCE_ID}`, { incident: 'faster', policy: 'Web-disk', expiresAt: NOW + HOUR });
    };

    expect(await triaged()).toEqual({ do: 'triage', at: new Date(NOW + 30 * SECOND).toISOString() });
    expect(texts(world, 'decision')).toContain('another incident took the lease first; look again');
    expect(world.claims.slots.size).toBe(0);
  });

  it.each([
    ['only waits', waitRung],
    ['acts', aRung()],
  ])('takes nothing for a rung that %s where the incident has ended meanwhile', async (_, rung) => {
    const state = aState({ policy: aPolicy({ ladder: [rung] }) });
    let isLate = true;
    world.disturb.before = async (call) => {
      if (call !== 'claims.claim' || !isLate) return;
      isLate = false;
      await conclude({ ...state, error: { Error: 'Lambda.Unknown', Cause: 'no answer' } }, world.ports, NOW);
    };
    expect(await triaged(state)).toMatchObject({ do: 'conclude', end: { reason: 'unexpected-error' } });
    expect(world.claims.leases.size + world.claims.slots.size).toBe(0);
  });

  it('looks again when another incident took the last slot between reading and claiming', async () => {
    world.disturb.before = (call) => {
      if (call === 'claims.claim') world.claims.slots.set('tagged#Web', { one: aSlot(NOW + HOUR), two: aSlot(NOW + HOUR) });
    };

    expect(await triaged()).toMatchObject({ do: 'triage' });
    expect(texts(world, 'decision')).toContain('another incident took the slot of tagged#Web first; look again');
    expect(leaseOf()).toBeUndefined();
  });

  it('verifies anew when the symptom went away after an attempt', async () => {
    world.account.alarms.set(ALARM_NAME, { state: 'OK', reason: '' });
    world.items.attempts.set(anAttempt().token, anAttempt({ result: 'not-recovered' }));

    expect(await triaged({ next: triageAt(NOW) })).toEqual({
      do: 'verify',
      at: new Date(NOW).toISOString(),
      check: { rung: 0, verifyBy: NOW + 4 * MINUTE },
    });
  });

  it('counts the attempts that other policies made on the target', async () => {
    const others = Array.from({ length: 5 }, (_, hour) =>
      anAttempt({ incident: 'b'.repeat(64), policy: 'Web-disk', token: `${hour}`, at: NOW - (hour + 1) * HOUR }),
    );
    for (const attempt of others) world.items.attempts.set(attempt.token, attempt);
    world.items.histories.set(
      `instance#${INSTANCE_ID}`,
      others.map(({ token }) => token),
    );

    expect(await triaged()).toMatchObject({ do: 'conclude', end: { outcome: 'handed-off', reason: 'attempts-used-up' } });
  });
});

describe('triage of an instance of a fleet alarm', () => {
  const contributor = { id: '6d44', attributes: { InstanceId: INSTANCE_ID } };
  const proof = { namespace: 'CWAgent', metric: 'mem_used_percent', dimensions: {}, within: { minutes: 5 } } as const;
  const policy = aPolicy({ targets: { kind: 'contributor', attribute: 'InstanceId' }, proof });
  const incident = anIncident({ contributor });

  it('remediates while its contributor is in ALARM', async () => {
    world.account.contributors.set(ALARM_NAME, [{ id: 'another id after a while', attributes: { InstanceId: INSTANCE_ID } }]);
    expect(await triaged({ policy, incident })).toMatchObject({ do: 'remediate' });
  });

  it('skips when its contributor left the list and still reports', async () => {
    world.account.contributors.set(ALARM_NAME, [{ id: '7', attributes: { InstanceId: 'i-00000001' } }]);
    expect(await triaged({ policy, incident })).toMatchObject({ do: 'conclude', end: { reason: 'already-recovered' } });
  });

  it('does not take a dead instance for a recovered one: it left the list and does not report', async () => {
    world.account.silentSeries.add(INSTANCE_ID);

    expect(await triaged({ policy, incident })).toMatchObject({ do: 'triage' });
    expect(texts(world, 'decision')).toEqual([expect.stringContaining('wait (symptom-unknown): it has not reported mem_used_percent')]);
  });

  it('hands a dead instance off when it stays silent', async () => {
    world.account.silentSeries.add(INSTANCE_ID);
    const old = { ...incident, receivedAt: NOW - HOUR };

    expect(await triaged({ policy, incident: old })).toMatchObject({
      do: 'conclude',
      end: { outcome: 'handed-off', reason: 'symptom-unknown' },
    });
  });

  it('does not take an instance for recovered that may be beyond the end of the list', async () => {
    world.account.contributorsComplete.value = false;
    expect(await triaged({ policy, incident })).toMatchObject({ do: 'triage' });
  });
});

describe('triage of other targets', () => {
  const databasePolicy = aPolicy({
    group: { kind: 'single', target: { kind: 'database', id: 'orders' } },
    ladder: [{ ...waitRung, remedy: 'reboot-database', acts: true }],
  });
  const database = anIncident({ target: { kind: 'database', id: 'orders' } });
  const groupTarget = { kind: 'auto-scaling-group', name: 'web' } as const;

  it.each([
    ['a database', aDatabase(), 'remediate'],
    ['a database that was deleted', undefined, 'conclude'],
    ['a database with the exclusion tag', aDatabase({ tags: { SelfHealExclude: 'true' } }), 'conclude'],
  ])('reads the facts of %s', async (_, found, answer) => {
    if (found) world.account.databases.set('orders', found);
    expect(await triaged({ policy: databasePolicy, incident: database })).toMatchObject({ do: answer });
  });

  it.each([
    ['a cluster', aCluster(), 'remediate'],
    ['a cluster that was deleted', undefined, 'conclude'],
    ['a cluster with the exclusion tag', aCluster({ tags: { SelfHealExclude: 'true' } }), 'conclude'],
  ])('reads the facts of %s, and not those of an instance of the same name', async (_, found, answer) => {
    const target = { kind: 'database-cluster', id: 'orders' } as const;
    world.account.databases.set('orders', aDatabase());
    if (found) world.account.clusters.set('orders', found);
    const policy = aPolicy({ group: { kind: 'single', target }, ladder: [{ ...waitRung, remedy: 'fail-over-database', acts: true }] });
    expect(await triaged({ policy, incident: anIncident({ target }) })).toMatchObject({ do: answer });
  });

  it('reads the facts of an Auto Scaling group', async () => {
    world.account.groups.set('web', aGroup());
    const policy = aPolicy({
      group: { kind: 'single', target: groupTarget },
      ladder: [{ ...waitRung, remedy: 'add-capacity', acts: true }],
    });
    expect(await triaged({ policy, incident: anIncident({ target: groupTarget }) })).toMatchObject({ do: 'remediate' });
  });

  it('leaves an instance in the warm pool of its group alone, which AWS does not list among the members', async () => {
    world.account.instances.set(INSTANCE_ID, anInstance({ tags: { SelfHeal: 'enabled', [GROUP_TAG]: 'web' } }));
    world.account.groups.set('web', aGroup({ members: [aMember(INSTANCE_ID)] }));
    expect(await triaged()).toMatchObject({ do: 'remediate' });
    world.account.groups.set('web', aGroup({ members: [aMember('i-00000001')] }));
    expect(await triaged()).toMatchObject({ do: 'conclude', end: { reason: 'put-aside', why: expect.stringContaining('its warm pool') } });
  });

  it('describes the group of a member once, though both its membership and its blast radius are read from it', async () => {
    const policy = aPolicy({ group: { kind: 'auto-scaling-group', name: 'web' } });
    world.account.instances.set(INSTANCE_ID, anInstance({ tags: { SelfHeal: 'enabled', [GROUP_TAG]: 'web' } }));
    world.account.groups.set('web', aGroup({ members: [aMember(INSTANCE_ID)] }));
    const described: string[] = [];
    const { groups } = world.ports;
    const describe = (name: string) => {
      described.push(name);
      return groups.describe(name);
    };
    await readSnapshot(aState({ policy }), { ...world.ports, groups: { ...groups, describe } }, NOW);
    expect(described).toEqual(['web']);
  });

  it('counts a member of an Auto Scaling group only while it is not being terminated', async () => {
    const policy = aPolicy({ group: { kind: 'auto-scaling-group', name: 'web' } });
    world.account.groups.set('web', aGroup({ members: [aMember(INSTANCE_ID)] }));
    expect(await triaged({ policy })).toMatchObject({ do: 'remediate' });
    world.account.groups.set('web', aGroup({ members: [aMember(INSTANCE_ID, { lifecycle: 'Terminating:Wait' })] }));
    expect(await triaged({ policy })).toMatchObject({ do: 'conclude', end: { reason: 'not-in-fleet' } });
  });
});
