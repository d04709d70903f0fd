import { aCluster, aDatabase } from '@self-healing/simulation/accounts.ts';
import { NOW } from '@self-healing/simulation/builders.ts';
import { fakePorts } from '@self-healing/simulation/doubles/fake-ports.ts';
import { describe, expect, it } from 'vitest';
import { remediator as failOver } from '../../../lambdas/remediators/fail-over-database.ts';
import { remediator as reboot } from '../../../lambdas/remediators/reboot-database.ts';

describe.each([
  ['reboot-database', reboot],
  ['fail-over-database', failOver],
])('%s', (_, remediator) => {
  it.each(['rebooting', 'modifying', 'backing-up', 'stopped', 'failed'])('refuses a database that is %s', (status) => {
    expect(remediator.plan(aDatabase({ status }), {})).toEqual({
      refusal: 'unsafe-to-act',
      why: `the database is ${status}, not available`,
    });
  });

  it('refuses a database that does not exist', () => {
    expect(remediator.plan(undefined, {})).toMatchObject({ refusal: 'unsafe-to-act' });
  });

  it.each(['rebooting', 'starting', 'configuring-log-exports'])('is running while the database is %s', (status) => {
    const plan = { id: 'orders', zoneBefore: 'eu-west-1a' };
    expect(remediator.assess(plan, aDatabase({ status }))).toEqual({ kind: 'running', why: `the database is ${status}` });
  });

  it.each(['failed', 'incompatible-network', 'inaccessible-encryption-credentials', 'storage-full', 'stopped'])(
    'failed when the database is %s, from which it does not come back',
    (status) => {
      expect(remediator.assess({ id: 'orders', zoneBefore: 'eu-west-1a' }, aDatabase({ status })).kind).toBe('failed');
    },
  );

  it('failed when the database is gone', () => {
    expect(remediator.assess({ id: 'orders', zoneBefore: 'eu-west-1a' }, undefined).kind).toBe('failed');
  });

  it('does not act on anything but a database', () => {
    expect(() => remediator.observe({ kind: 'auto-scaling-group', name: 'web' }, {}, fakePorts().ports)).toThrow(TypeError);
  });
});

describe('rebooting a database', () => {
  it('is planned for one that is available, with or without a standby', () => {
    const plan = reboot.plan(aDatabase({ multiAz: false }), {});
    expect(plan).toEqual({ id: 'orders' });
    expect(reboot.summary(plan)).toBe('reboot database orders');
  });

  it('is done when the database is available again', () => {
    expect(reboot.assess({ id: 'orders' }, aDatabase())).toEqual({ kind: 'done', detail: 'orders is available' });
  });
});

describe('failing a database over', () => {
  it('is planned from the zone of the primary', () => {
    const plan = failOver.plan(aDatabase(), {});
    expect(plan).toEqual({ id: 'orders', zoneBefore: 'eu-west-1a' });
    expect(failOver.summary(plan)).toBe('fail database orders over from eu-west-1a');
  });

  it('does not apply without a standby', () => {
    expect(failOver.plan(aDatabase({ multiAz: false }), {})).toMatchObject({ refusal: 'not-applicable' });
  });

  it('is unsafe when the zone is not known, since a dropped failover could not be told from a done one', () => {
    const { zone: _, ...zoneless } = aDatabase();
    expect(failOver.plan(zoneless, {})).toMatchObject({ refusal: 'unsafe-to-act' });
  });

  it('is not done while the primary is still in its zone', () => {
    const plan = { id: 'orders', zoneBefore: 'eu-west-1a' };
    expect(failOver.assess(plan, aDatabase())).toEqual({ kind: 'running', why: 'the primary is still in eu-west-1a' });
    expect(failOver.assess(plan, aDatabase({ zone: 'eu-west-1b' }))).toMatchObject({ kind: 'done' });
  });

  it('asks RDS for a failover and not for a reboot in place', async () => {
    const asked: unknown[] = [];
    const world = fakePorts();
    const databases = { ...world.ports.databases, reboot: async (...given: unknown[]) => void asked.push(given) };
    const order = { target: { kind: 'database', id: 'orders' } as const, token: `${NOW}`, document: '' };

    await failOver.execute({ ...order, plan: { id: 'orders', zoneBefore: 'a' } }, { ...world.ports, databases });
    await reboot.execute({ ...order, plan: { id: 'orders' } }, { ...world.ports, databases });

    expect(asked).toEqual([
      ['orders', { failOver: true }],
      ['orders', { failOver: false }],
    ]);
  });
});

describe('static parameters that wait for a reboot', () => {
  const waiting = aDatabase({ awaitingReboot: ['orders-pg16'] });
  const cluster = aCluster({
    engine: 'postgres',
    members: [
      { id: 'orders-1', writer: true, status: 'available', awaitingReboot: ['cluster-pg', 'orders-pg16'] },
      { id: 'orders-2', writer: false, status: 'available', awaitingReboot: ['cluster-pg'] },
    ],
  });

  it.each([
    ['a reboot', reboot, waiting, 'reboot database orders, which also applies the waiting parameters of orders-pg16'],
    [
      'a failover',
      failOver,
      waiting,
      'fail database orders over from eu-west-1a, which also applies the waiting parameters of orders-pg16',
    ],
    [
      'a reboot of a cluster',
      reboot,
      cluster,
      'reboot database cluster orders, which also applies the waiting parameters of cluster-pg, orders-pg16',
    ],
    [
      'a failover of a cluster',
      failOver,
      cluster,
      'fail database cluster orders over from orders-1, which also applies the waiting parameters of cluster-pg, orders-pg16',
    ],
  ])('are named where %s would apply them, for whoever approves it or reads of it', (_, remediator, observed, summary) => {
    expect(remediator.summary(remediator.plan(observed, {}))).toBe(summary);
  });
});
