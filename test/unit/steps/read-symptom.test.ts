import { beforeEach, describe, expect, it } from 'vitest';
import type { Target } from '../../../lambdas/core/target.ts';
import { readSymptom } from '../../../lambdas/steps/read-symptom.ts';
import { fakePorts, type World } from '../../../rehearsal/fakes/fake-ports.ts';
import { aCluster, aDatabase, anInstance } from '../../support/accounts.ts';
import { anIncident, aPolicy, INSTANCE_ID, NOW } from '../../support/builders.ts';

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
