import { aCluster, aDatabase, anInstance } from '@self-healing/simulation/accounts.ts';
import { anIncident, aPolicy, INSTANCE_ID, NOW } from '@self-healing/simulation/builders.ts';
import { fakePorts, type World } from '@self-healing/simulation/doubles/fake-ports.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import type { DatabaseCluster } from '../../../lambdas/core/ports.ts';
import type { Target } from '../../../lambdas/core/target.ts';
import { readSymptom } from '../../../lambdas/steps/read-symptom.ts';

let world: World;
beforeEach(() => {
  world = fakePorts();
});

describe('the symptom of a policy that goes by the status of the database', () => {
  const read = (target: Target) =>
    readSymptom(anIncident({ target, alarmName: 'RDS-EVENT-0049' }), aPolicy({ evidence: { kind: 'database-status' } }), world.ports, NOW);
  const orders: Target = { kind: 'database', id: 'orders' };

  it.each([
    ['available', 'gone'],
    ['backing-up', 'gone'],
    ['configuring-enhanced-monitoring', 'gone'],
    ['storage-optimization', 'gone'],
    ['rebooting', 'present'],
    ['storage-full', 'present'],
    ['failed', 'present'],
    ['incompatible-parameters', 'present'],
    ['inaccessible-encryption-credentials', 'present'],
    ['modifying', 'present'],
    ['available-some-day', 'present'],
  ])('with the status %s is %s', async (status, kind) => {
    world.account.databases.set('orders', aDatabase({ status }));
    expect(await read(orders)).toEqual({ kind, why: `the database is ${status}` });
  });

  it('is read of a cluster likewise', async () => {
    world.account.clusters.set('stock', aCluster({ id: 'stock', status: 'failing-over' }));
    expect(await read({ kind: 'database-cluster', id: 'stock' })).toEqual({ kind: 'present', why: 'the database is failing-over' });
  });

  const cluster = (...statuses: readonly [writer: string | undefined, ...readers: readonly string[]]) =>
    statuses.flatMap((status, index) => (status === undefined ? [] : { id: `stock-${index + 1}`, writer: index === 0, status }));

  it.each(['failed', 'incompatible-parameters', 'inaccessible-encryption-credentials', 'stopped', 'rebooting'])(
    'is there of a cluster whose writer is %s, though RDS calls the cluster available',
    async (status) => {
      world.account.clusters.set('stock', aCluster({ id: 'stock', members: cluster(status, 'available') }));
      const why = `the database is available, but its writer stock-1 is ${status}`;
      expect(await read({ kind: 'database-cluster', id: 'stock' })).toEqual({ kind: 'present', why });
    },
  );

  it.each<[string, Partial<DatabaseCluster>, string]>([
    ['whose writer works on itself and whose reader failed', { members: cluster('backing-up', 'failed') }, 'gone'],
    ['of whose writer RDS tells nothing', { members: cluster('unknown', 'available') }, 'unknown'],
    ['that lost its writer', { members: cluster(undefined, 'available') }, 'present'],
    ['without instances of its own, as a serverless one', { members: [] }, 'gone'],
    ['that follows another and has a reader that serves', { members: cluster(undefined, 'failed', 'available'), follows: true }, 'gone'],
    ['that follows another and has no reader that serves', { members: cluster(undefined, 'failed'), follows: true }, 'present'],
    ['that follows another and has only storage', { members: [], follows: true }, 'gone'],
  ])('of a cluster %s is read by its instances', async (_, given, kind) => {
    world.account.clusters.set('stock', aCluster({ id: 'stock', ...given }));
    expect(await read({ kind: 'database-cluster', id: 'stock' })).toMatchObject({ kind });
  });

  it.each<[string, Target]>([
    ['the database does not exist', orders],
    ['the cluster does not exist', { kind: 'database-cluster', id: 'stock' }],
    ['the target is none', { kind: 'instance', id: 'i-0aaaabbbbccccdddd' }],
  ])('is unknown when %s', async (_, target) => {
    expect(await read(target)).toMatchObject({ kind: 'unknown' });
  });

  it('asks no alarm', async () => {
    world.account.databases.set('orders', aDatabase());
    await read(orders);
    expect(world.calls.filter((call) => call.startsWith('alarms.'))).toEqual([]);
  });
});

describe('the symptom of a status check', () => {
  const world = fakePorts();
  const incident = anIncident({ target: { kind: 'instance', id: INSTANCE_ID }, contributor: { id: INSTANCE_ID, attributes: {} } });
  const read = () => readSymptom(incident, aPolicy({ evidence: { kind: 'status-check', check: 'system' } }), world.ports, NOW);

  it.each([
    ['impaired', { kind: 'present', why: 'its system status check is impaired' }],
    ['ok', { kind: 'gone' }],
    ['initializing', { kind: 'unknown' }],
    ['unknown', { kind: 'unknown', silent: true }],
  ] as const)('is read from EC2 for the instance itself: %s', async (state, reading) => {
    world.account.instances.set(INSTANCE_ID, anInstance());
    world.account.statusChecks.set(INSTANCE_ID, state);
    expect(await read()).toMatchObject(reading);
  });
});

describe('the symptom of a policy that goes by a probe', () => {
  const MINUTE = 60_000;
  const evidence = {
    kind: 'probe',
    metric: 'Reachable',
    dimension: 'Database',
    name: 'orders',
    way: { to: 'orders:5432', from: 'security group sg-1' },
    life: { kind: 'connections', namespace: 'AWS/RDS', metric: 'DatabaseConnections', dimensions: {}, lateBy: { minutes: 5 } },
  } as const;
  const incident = anIncident({ target: { kind: 'database', id: 'orders' }, alarmName: 'orders-unreachable' });
  const read = () => readSymptom(incident, aPolicy({ evidence }), world.ports, NOW);
  const minutes = (values: readonly number[]) => values.map((value, index) => ({ at: NOW - (values.length - index) * MINUTE, value }));

  it.each([
    ['OK', 'gone'],
    ['INSUFFICIENT_DATA', 'unknown'],
  ] as const)('is read of the alarm alone while that is %s', async (state, kind) => {
    world.account.alarms.set('orders-unreachable', { state, reason: '' });
    expect((await read()).kind).toBe(kind);
    expect(world.calls).not.toContain('alarms.values');
  });

  it.each([
    ['silent', 9, [5, 5, 5, 5, 5, 5, 5, 5, 5], 'present'],
    ['not let in any more, while RDS counts the sessions of others', 3, [5, 5, 5, 5, 5, 5, 5, 5, 5], 'unknown'],
    ['gone, and RDS counts nothing any more', 3, [5, 5], 'present'],
    ['turned away at the login', 6, [], 'unknown'],
  ] as const)('is read of what the probe found behind an alarm: %s', async (_, fault, sessions, kind) => {
    world.account.alarms.set('orders-unreachable', { state: 'ALARM', reason: '' });
    world.account.values.set('Reachable', minutes([1, 1, 0, 0, 0, 0, 0, 0, 0]));
    world.account.values.set('Fault', minutes([0, 0, fault, fault, fault, fault, fault, fault, fault]));
    const whole = minutes([...sessions, ...Array<number>(9 - sessions.length).fill(0)]);
    world.account.values.set('DatabaseConnections', whole.slice(0, sessions.length));
    expect((await read()).kind).toBe(kind);
  });
});
