import { mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findDatabasePrograms } from '@self-healing/local-aws/database/database-support.ts';
import { OrdersDatabase } from '@self-healing/local-aws/database/orders-database.ts';
import { whyNoNodes } from '@self-healing/local-aws/testing/nodes.ts';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { judgeProbe } from '../../lambdas/core/probe.ts';
import { probeDatabase } from '../../lambdas/probes/database.ts';

describe.skipIf(whyNoNodes !== '')(`the database of the rehearsal${whyNoNodes}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'orders-database-'));
  let database: OrdersDatabase;

  beforeAll(async () => {
    const programs = await findDatabasePrograms(console.log);
    if (!programs.ok) throw new Error(`${programs.why}: ${programs.next}`);
    database = await OrdersDatabase.open({
      nodes: ['contract-db-1', 'contract-db-2'],
      database: 'orders',
      endpointNames: ['localhost'],
      allocatedGibibytes: 15,
      programs: programs.postgresql,
      folder,
    });
    await database.start();
  }, 120_000);

  afterAll(async () => {
    await database?.stop();
    rmSync(folder, { recursive: true });
  });

  /** A client of the endpoint, with what its connection told when it ended. */
  async function client(): Promise<{ readonly client: pg.Client; readonly ends: string[] }> {
    const ends: string[] = [];
    const { username: user, password } = database.shop;
    const ssl = { ca: database.certificate.authority };
    const made = new pg.Client({ host: 'localhost', port: database.port, user, password, database: 'orders', ssl });
    made.on('error', (error) => ends.push(error.message));
    made.on('end', () => ends.push('end'));
    await made.connect();
    return { client: made, ends };
  }

  async function amount(): Promise<unknown> {
    const { client: asking } = await client();
    const { rows } = await asking.query('SELECT amount FROM orders WHERE id = 1');
    await asking.end();
    return rows[0].amount;
  }

  async function set(value: number): Promise<void> {
    const { client: writing } = await client();
    await writing.query('UPDATE orders SET amount = $1 WHERE id = 1', [value]);
    await writing.end();
  }

  it('counts the sessions of its clients and no others', async () => {
    const { client: one } = await client();
    const { client: other } = await client();
    expect(await database.measure()).toMatchObject({ sessions: 2 });
    await Promise.all([one.end(), other.end()]);
    await expect.poll(() => database.measure()).toMatchObject({ sessions: 0 });
  });

  it('takes nobody in who does not encrypt', async () => {
    const { username: user, password } = database.shop;
    const open = new pg.Client({ host: 'localhost', port: database.port, user, password, database: 'orders' });
    await expect(open.connect()).rejects.toThrow('no encryption');
  });

  it('says goodbye to its clients when it is restarted, and keeps what they wrote', async () => {
    await set(1);
    const { ends } = await client();
    await database.reboot('orders', false);
    await expect.poll(() => ends).toContain('end');
    expect(await amount()).toBe(1);
  });

  it('serves from the standby after a failover with all that was committed, says no goodbye, and has a standby again', async () => {
    const before = database.primary;
    const { ends } = await client();
    await set(2);

    await database.reboot('orders', true);

    expect(database.primary).not.toBe(before);
    expect(await amount()).toBe(2);
    await sleep(300);
    expect(ends).toEqual([]);
    await database.settled();
    expect(await database.query('SELECT sync_state FROM pg_stat_replication')).toEqual([{ sync_state: 'sync' }]);
  });

  it('answers nobody while it is frozen, which the probe notices, until it fails over', async () => {
    const { host, port, authority, login } = {
      host: 'localhost',
      port: database.port,
      authority: database.certificate.authority,
      login: database.healer,
    };
    const connection = {
      engine: 'postgresql',
      host,
      port,
      authority,
      database: 'postgres',
      login: { kind: 'iam', user: 'healer' },
    } as const;
    const probe = async () => judgeProbe(await probeDatabase(connection, { user: login.username, password: login.password }));
    expect(await probe()).toMatchObject({ reachable: true });

    await database.primary.freeze();

    expect(await database.measure()).toBeUndefined();
    expect(await probe()).toMatchObject({ reachable: false, failedStep: 'tls' });
    await database.reboot('orders', true);
    expect(await probe()).toMatchObject({ reachable: true });
    await database.settled();
  });

  it('has larger disks while it serves', async () => {
    const { freeStorageBytes: before = 0 } = (await database.measure()) ?? {};
    await database.grow('orders', 20);
    const { freeStorageBytes: after = 0 } = (await database.measure()) ?? {};
    expect(after - before).toBeGreaterThan(4 * 1024 ** 3);
    for (const { node } of [database.primary, database.standby]) {
      const { blocks, bsize } = statfsSync(node.folder.disk);
      expect((blocks * bsize) / 1024 ** 2).toBe(160);
    }
  });
});
