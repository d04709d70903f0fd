import { fakePorts } from '@self-healing/simulation/doubles/fake-ports.ts';
import { describe, expect, it } from 'vitest';
import type { DatabaseSession } from '../../../lambdas/core/ports.ts';
import { remediator } from '../../../lambdas/remediators/release-sessions.ts';
import { isRefusal } from '../../../lambdas/remediators/remediator.ts';

const target = { kind: 'database', id: 'orders' } as const;
const params = (given: object = {}) => remediator.params.parse(given);

function aSession(given: Partial<DatabaseSession> = {}): DatabaseSession {
  return {
    id: '71',
    incarnation: '1/2',
    user: 'shop',
    application: 'cart',
    state: 'idle in transaction',
    idleSeconds: 900,
    blocked: 0,
    ...given,
  };
}

function chosen(sessions: readonly DatabaseSession[], given: object = {}): readonly string[] {
  const plan = remediator.plan({ database: 'orders', sessions }, params(given));
  return isRefusal(plan) ? [] : (plan as { sessions: readonly DatabaseSession[] }).sessions.map(({ id }) => id);
}

describe('choosing sessions to end', () => {
  it.each<[string, Partial<DatabaseSession>, boolean]>([
    ['idle for exactly the limit', { idleSeconds: 300 }, true],
    ['idle for a second less', { idleSeconds: 299 }, false],
    ['blocking others for exactly the limit', { idleSeconds: 0, blockingSeconds: 60, blocked: 1, state: 'active' }, true],
    ['blocking others for a second less', { idleSeconds: 0, blockingSeconds: 59, blocked: 9, state: 'active' }, false],
    ['of a user with rights that protect it', { protection: 'a superuser' }, false],
    ['of rdsadmin', { user: 'rdsadmin' }, false],
    ['of the proxy of RDS', { user: 'rdsproxyadmin' }, false],
    ['of a user that the team protects', { user: 'reports' }, false],
  ])('takes one %s: %3$s', (_, given, taken) => {
    expect(chosen([aSession(given)], { protect: ['reports'] })).toEqual(taken ? ['71'] : []);
  });

  it('takes those first that most others wait for, then the longest idle, and no more than allowed', () => {
    const sessions = [
      aSession({ id: 'idle', idleSeconds: 400 }),
      aSession({ id: 'idler', idleSeconds: 500 }),
      aSession({ id: 'blocker', blocked: 3, blockingSeconds: 70 }),
    ];
    expect(chosen(sessions)).toEqual(['blocker', 'idler', 'idle']);
    expect(chosen(sessions, { atMost: 2 })).toEqual(['blocker', 'idler']);
  });

  it('takes no more than 20 unless told so', () => {
    expect(chosen(Array.from({ length: 30 }, (_, number) => aSession({ id: String(number) })))).toHaveLength(20);
  });

  it('names a prepared transaction that others wait for, since it has no session to end', () => {
    const sessionless = "prepared transaction 'job-7' of shop in database shop, of 2026-11-02T10:15:00.000Z: ROLLBACK PREPARED ends it";
    const sessions = [aSession({ id: 'job-7', state: 'prepared', blocked: 2, idleSeconds: 0, blockingSeconds: 90, sessionless })];
    expect(chosen(sessions)).toEqual([]);
    expect(remediator.plan({ database: 'orders', sessions }, params())).toMatchObject({
      refusal: 'not-applicable',
      why: expect.stringContaining(`others wait for what cannot be ended from here: ${sessionless}`),
    });
  });

  it('leaves it to the next rung when nothing may be ended, and says how many were spared', () => {
    expect(remediator.plan({ database: 'orders', sessions: [aSession({ protection: 'a superuser' })] }, params())).toEqual({
      refusal: 'not-applicable',
      why: 'no session of the database is idle in a transaction for 5 min or blocks others for 60 s; 1 belong to protected users',
    });
  });

  it('leaves it to the next rung when the database cannot be reached', async () => {
    const observed = await remediator.observe(target, params(), fakePorts().ports);
    expect(remediator.plan(observed, params())).toMatchObject({
      refusal: 'not-applicable',
      why: expect.stringContaining('the database cannot be reached'),
    });
  });

  it.each([{ idleFor: { seconds: 0 } }, { atMost: 0 }, { atMost: 1_000 }, { protect: [''] }, { users: [] }])('refuses %j', (wrong) => {
    expect(remediator.params.safeParse(wrong).success).toBe(false);
  });
});

describe('ending sessions', () => {
  const order = (sessions: readonly DatabaseSession[]) => ({ target, plan: { database: 'orders', sessions }, token: 't', document: '' });

  it('ends those of the plan and keeps who they were, without their statements', async () => {
    const world = fakePorts();
    world.account.sessions.set('orders', [aSession(), aSession({ id: '72' })]);

    const receipt = await remediator.execute(order([aSession()]), world.ports);

    expect(receipt).toEqual({ ended: [{ user: 'shop', application: 'cart', state: 'idle in transaction' }], gone: 0, denied: [] });
    expect(world.account.sessions.get('orders')?.map(({ id }) => id)).toEqual(['72']);
  });

  it('spares a session that has the id of the one that was seen and is another', async () => {
    const world = fakePorts();
    world.account.sessions.set('orders', [aSession({ incarnation: '9/9' })]);

    expect(await remediator.execute(order([aSession()]), world.ports)).toMatchObject({ ended: [], gone: 1 });
    expect(world.account.sessions.get('orders')).toHaveLength(1);
  });

  it('fails when the database lets none be ended, and tells its reason', async () => {
    const { ports } = fakePorts();
    const sessions = { ...ports.sessions, end: async () => [{ kind: 'denied', why: 'must be a member of pg_signal_backend' } as const] };
    await expect(remediator.execute(order([aSession()]), { ...ports, sessions })).rejects.toMatchObject({
      name: 'Defect',
      message: expect.stringContaining('pg_signal_backend'),
    });
  });

  it('is judged by its receipt, without another visit to the database', async () => {
    const { ports, calls } = fakePorts();
    const receipt = { ended: [{ user: 'shop' }], gone: 1, denied: [] };
    const observed = await remediator.observe(target, params(), ports, receipt);
    expect(remediator.assess({}, observed)).toEqual({ kind: 'done', detail: '1 ended, 1 gone by themselves, 0 denied' });
    expect(calls).toEqual([]);
  });
});

it('visits a cluster at its own connection, and no instance of the same name', async () => {
  const { ports, account } = fakePorts();
  account.sessions.set('orders', [aSession({ id: 'of the instance' })]);
  account.sessions.set('cluster:orders', [aSession({ id: 'of the writer' })]);
  const observed = await remediator.observe({ kind: 'database-cluster', id: 'orders' }, params(), ports);
  expect(remediator.plan(observed, params())).toMatchObject({ database: 'cluster:orders', sessions: [{ id: 'of the writer' }] });
});
