import { aCluster } from '@self-healing/simulation/accounts.ts';
import { fakePorts } from '@self-healing/simulation/doubles/fake-ports.ts';
import { describe, expect, it } from 'vitest';
import type { ClusterMember } from '../../../lambdas/core/ports.ts';
import { remediator as failOver } from '../../../lambdas/remediators/fail-over-database.ts';
import { remediator as reboot } from '../../../lambdas/remediators/reboot-database.ts';

const writer: ClusterMember = { id: 'orders-1', writer: true, status: 'available' };
const reader = (status: string): ClusterMember => ({ id: 'orders-2', writer: false, status });
const order = { target: { kind: 'database-cluster', id: 'orders' } as const, token: 't', document: '' };

describe.each([
  ['reboot-database', reboot],
  ['fail-over-database', failOver],
])('%s of a cluster', (_, remediator) => {
  it.each(['failing-over', 'modifying', 'upgrading', 'stopped'])('refuses one that is %s', (status) => {
    expect(remediator.plan(aCluster({ status, engine: 'postgres' }), {})).toEqual({
      refusal: 'unsafe-to-act',
      why: `the database is ${status}, not available`,
    });
  });

  it.each(['neptune', 'docdb'])('does not apply to %s, which answers to the same API', (engine) => {
    expect(remediator.plan(aCluster({ engine }), {})).toMatchObject({ refusal: 'not-applicable' });
  });

  it('looks at the cluster and at nothing else', async () => {
    const world = fakePorts();
    world.account.clusters.set('orders', aCluster());
    expect(await remediator.observe(order.target, {}, world.ports)).toEqual(aCluster());
    expect(world.calls).toEqual(['clusters.describe']);
  });
});

describe('rebooting a cluster', () => {
  it.each(['mysql', 'postgres'])('is planned for a Multi-AZ DB cluster of %s and done when it is available', (engine) => {
    const plan = reboot.plan(aCluster({ engine }), {});
    expect(plan).toEqual({ cluster: 'orders' });
    expect(reboot.summary(plan)).toBe('reboot database cluster orders');
    expect(reboot.assess(plan, aCluster({ engine, status: 'rebooting' }))).toMatchObject({ kind: 'running' });
    expect(reboot.assess(plan, aCluster({ engine }))).toMatchObject({ kind: 'done' });
  });

  it('does not apply to Aurora, whose instances are rebooted one by one', () => {
    expect(reboot.plan(aCluster(), {})).toEqual({
      refusal: 'not-applicable',
      why: 'a cluster of engine aurora-postgresql cannot be rebooted as a whole',
    });
  });

  it('asks for a reboot of the cluster', async () => {
    const world = fakePorts();
    await reboot.execute({ ...order, plan: { cluster: 'orders' } }, world.ports);
    expect(world.calls).toEqual(['clusters.reboot']);
  });
});

describe('failing a cluster over', () => {
  const plan = { cluster: 'orders', writerBefore: 'orders-1' };

  it.each(['aurora-mysql', 'aurora-postgresql', 'mysql', 'postgres'])('is planned from its writer for %s', (engine) => {
    expect(failOver.plan(aCluster({ engine }), {})).toEqual(plan);
    expect(failOver.summary(plan)).toBe('fail database cluster orders over from orders-1');
  });

  it.each(['modifying', 'upgrading', 'maintenance', 'rebooting', 'unknown'])('is unsafe while its writer is %s', (status) => {
    expect(failOver.plan(aCluster({ members: [{ ...writer, status }, reader('available')] }), {})).toEqual({
      refusal: 'unsafe-to-act',
      why: `the writer orders-1 is ${status}, which a failover would cut off`,
    });
  });

  it.each(['failed', 'incompatible-parameters', 'inaccessible-encryption-credentials'])('is planned from a writer that is %s', (status) => {
    expect(failOver.plan(aCluster({ members: [{ ...writer, status }, reader('available')] }), {})).toEqual(plan);
  });

  it('does not apply without a reader', () => {
    expect(failOver.plan(aCluster({ members: [writer] }), {})).toMatchObject({ refusal: 'not-applicable' });
  });

  it('is unsafe while no reader is available', () => {
    expect(failOver.plan(aCluster({ members: [writer, reader('rebooting')] }), {})).toEqual({
      refusal: 'unsafe-to-act',
      why: 'no reader is available: orders-2 is rebooting',
    });
  });

  it('needs one available reader, not all of them', () => {
    const members = [writer, { ...reader('deleting'), id: 'orders-3' }, reader('available')];
    expect(failOver.plan(aCluster({ members }), {})).toEqual(plan);
  });

  it('is unsafe when nobody is known to write, since a dropped failover could not be told from a done one', () => {
    expect(failOver.plan(aCluster({ members: [reader('available')] }), {})).toMatchObject({ refusal: 'unsafe-to-act' });
  });

  it('is not done while the same member writes, as when RDS drops one that comes too soon', () => {
    expect(failOver.assess(plan, aCluster())).toEqual({ kind: 'running', why: 'the writer is still orders-1' });
  });

  it('is not done while nobody writes, nor before the cluster is available', () => {
    const moved = [
      { ...writer, writer: false },
      { ...reader('available'), writer: true },
    ];
    expect(failOver.assess(plan, aCluster({ members: [reader('available')] }))).toMatchObject({ kind: 'running' });
    expect(failOver.assess(plan, aCluster({ members: moved, status: 'failing-over' }))).toMatchObject({ kind: 'running' });
    expect(failOver.assess(plan, aCluster({ members: moved }))).toMatchObject({ kind: 'done' });
  });

  it('failed when the cluster is gone', () => {
    expect(failOver.assess(plan, undefined).kind).toBe('failed');
  });

  it('asks for a failover of the cluster', async () => {
    const world = fakePorts();
    await failOver.execute({ ...order, plan }, world.ports);
    expect(world.calls).toEqual(['clusters.failOver']);
  });
});
