import { fakePorts } from '@self-healing/simulation/doubles/fake-ports.ts';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { DatabaseLink } from '../../lambdas/adapters/databases/link.ts';
import { noDatabaseSessions } from '../../lambdas/adapters/databases/no-sessions.ts';
import { openDatabaseLink } from '../../lambdas/adapters/databases/open-link.ts';
import { databaseSessions } from '../../lambdas/adapters/databases/sessions.ts';
import type { DatabaseConnection } from '../../lambdas/core/database-connection.ts';
import type { DatabaseSessions, RemedyPorts } from '../../lambdas/core/ports.ts';
import { remediator } from '../../lambdas/remediators/release-sessions.ts';
import { isRefusal } from '../../lambdas/remediators/remediator.ts';
import type { Mariadb } from '../support/mariadb.ts';
import type { Postgresql } from '../support/postgresql.ts';
import { enginesUnderTest, holdLock, type TestClient, wantLock } from '../support/stuck-sessions.ts';

const target = { kind: 'database', id: 'orders' } as const;

/** InnoDB renews what it shows of its transactions only when nobody has asked for a tenth of a second. */
const slowly = { timeout: 60_000, interval: 300 };

/** The engines show whole seconds, and a test has not many of them. */
const patience = { idleFor: { seconds: 1 }, blockingFor: { seconds: 1 } };

describe.each(enginesUnderTest)('release-sessions at a real $engine server', (engineUnderTest) => {
  const { engine, whyNot, start, setUp, disarm, arm, connect, begin, prepare, finishPrepared, ofServer } = engineUnderTest;
  describe.skipIf(whyNot !== '')(`${whyNot}`, () => {
    let server: Postgresql | Mariadb;
    let connection: DatabaseConnection;
    let sessions: DatabaseSessions;
    let ports: RemedyPorts;
    let clients: TestClient[];

    beforeAll(async () => {
      server = await start();
      for (const statement of setUp) await server.run(statement);
      const { port, certificates } = server;
      const database = engine === 'mysql' ? 'information_schema' : 'postgres';
      connection = {
        ...{ engine, host: 'localhost', port, database, authority: certificates.authority },
        login: { kind: 'iam', user: 'healer' },
      };
      sessions = databaseSessions(
        async (name) => (name === 'orders' ? connection : undefined),
        async () => ({ user: 'healer', password: server.password }),
      );
      ports = { ...fakePorts().ports, sessions };
    });
    afterAll(() => server?.remove());

    beforeEach(() => {
      clients = [];
    });
    // A session that was ended answers the goodbye with an error, which is what was wanted of it.
    afterEach(async () => void (await Promise.allSettled(clients.map((client) => client.end()))));

    const client = async (user = 'shop') => {
      const made = await connect(server, user);
      clients.push(made);
      return made;
    };
    const seen = () => sessions.stuck('orders', { queryText: false });
    const planned = async (given: object = {}) => {
      const params = remediator.params.parse({ ...patience, ...given });
      return remediator.plan(await remediator.observe(target, params, ports), params);
    };
    /** What the remedy would do once the faults are over its limits. */
    const plannedWhenOver = async (given: object = {}) => {
      await expect.poll(async () => isRefusal(await planned(given)), slowly).toBe(false);
      return planned(given);
    };
    const execute = (plan: unknown) => remediator.execute({ target, plan, token: 't', document: '' }, ports);

    it('ends the session that is idle in a transaction with a lock, and the one that waited goes on', async () => {
      const idle = await client();
      await holdLock(idle);
      const waited = wantLock(await client());

      const plan = await plannedWhenOver();
      const receipt = await execute(plan);

      await waited;
      await expect(idle.run('SELECT 1')).rejects.toThrow();
      expect(remediator.summary(plan)).toBe('end 1 stuck session of database orders');
      expect(receipt).toMatchObject({ ended: [{ user: 'shop', state: 'idle in transaction' }], gone: 0, denied: [] });
      expect(receipt).not.toHaveProperty('ended.0.query');
    });

    it('sees how many wait for it and for how long, and not those that wait', async () => {
      const idle = await client();
      await holdLock(idle);
      const waiting = [wantLock(await client()), wantLock(await client())];
      await expect.poll(async () => (await seen()).find(({ id }) => id === idle.id)?.blockingSeconds ?? 0, slowly).toBeGreaterThan(0);

      const all = await seen();

      expect(all.map(({ id }) => id)).toEqual([idle.id]);
      expect(all[0]?.blocked).toBeGreaterThanOrEqual(1);
      await idle.run('ROLLBACK');
      await Promise.all(waiting);
    });

    it('tells how busy the database is, and what its active sessions wait for', async () => {
      const idle = await client();
      await holdLock(idle);
      const waiting = wantLock(await client());
      const lockWait = engine === 'mysql' ? /updat/i : /^Lock /;
      const isSeen = async () => (await sessions.load('orders')).waits.some(({ what }) => lockWait.test(what));
      await expect.poll(isSeen, slowly).toBe(true);

      const load = await sessions.load('orders');

      expect(load.connections).toBeGreaterThanOrEqual(3);
      expect(load.limit).toBeGreaterThanOrEqual(load.connections);
      expect(load.waits.find(({ what }) => lockWait.test(what))).toEqual({
        what: expect.any(String),
        sessions: 1,
        seconds: expect.any(Number),
      });
      await idle.run('ROLLBACK');
      await waiting;
      expect(await sessions.load('orders')).toMatchObject({ waits: [] });
    });

    it('has the server itself refuse a change while it looks, and leaves no trace in the session, which a pooler gives to others next', async () => {
      await server.run(`GRANT ALL ON ${engine === 'mysql' ? 'shop.' : ''}orders TO healer`);
      const change = `UPDATE ${engine === 'mysql' ? 'shop.' : ''}orders SET amount = 1 WHERE id = 1`;
      const login = { user: 'healer', password: server.password };
      const request = { connection, login, application: 'pooler', passed: () => undefined, signal: new AbortController().signal };
      const pooled = await openDatabaseLink(request);
      const changes: Promise<string>[] = [];
      const changed = (): Promise<string> =>
        pooled.query(change).then(
          () => 'changed',
          (error: Error) => error.message,
        );
      /** Changes something before the look is over. */
      const query: DatabaseLink['query'] = async (text, values) => {
        if (text === 'COMMIT') changes.push(changed());
        return pooled.query(text, values);
      };
      const throughPooler = databaseSessions(
        async () => connection,
        async () => login,
        async () => ({ query, close: async () => undefined }),
      );

      await throughPooler.stuck('orders', { queryText: false });

      expect(await Promise.all(changes)).toEqual([expect.stringMatching(/read.only/i)]);
      expect(await changed()).toBe('changed');
      await pooled.close();
    });

    it('leaves a session alone that works, and one that has only just become idle', async () => {
      const fresh = await client();
      await holdLock(fresh);
      const calm = await client();
      await calm.run('SELECT 1');

      expect(await planned({ idleFor: { minutes: 5 }, blockingFor: { minutes: 5 } })).toMatchObject({ refusal: 'not-applicable' });
      await expect.poll(async () => (await seen()).map(({ id }) => id), slowly).toEqual([fresh.id]);
    });

    it.each(engine === 'mysql' ? ['root', 'admin'] : ['admin'])(
      'never ends the sessions of the administrator %s, and of users that the team protects',
      async (name) => {
        const administrator = await client(name);
        await holdLock(administrator);
        await expect.poll(async () => (await seen())[0]?.idleSeconds ?? 0, slowly).toBeGreaterThan(1);
        const spared = await planned();
        await administrator.run('ROLLBACK');
        const shop = await client();
        await holdLock(shop);
        await expect.poll(async () => (await seen())[0]?.idleSeconds ?? 0, slowly).toBeGreaterThan(1);

        expect(spared).toMatchObject({ refusal: 'not-applicable', why: expect.stringContaining('1 belong to protected users') });
        expect(await planned({ protect: ['shop'] })).toMatchObject({ refusal: 'not-applicable' });
        await shop.run('COMMIT');
      },
    );

    it('spares a session that has moved on to another transaction since it was seen', async () => {
      const busy = await client();
      await holdLock(busy);
      const plan = await plannedWhenOver();
      await busy.run('COMMIT');
      // MySQL shows the begin of a transaction in whole seconds.
      await new Promise((resolve) => setTimeout(resolve, 1_100));
      await holdLock(busy);

      expect(await execute(plan)).toEqual({ ended: [], gone: 1, denied: [] });
      await busy.run('COMMIT');
    });

    it('spares another session that was given the number of the one that was seen', async () => {
      const seenOne = await client();
      await holdLock(seenOne);
      const plan = (await plannedWhenOver()) as { sessions: { id: string }[] };
      await seenOne.end();
      const other = await client();
      await holdLock(other);
      const reused = { ...plan, sessions: plan.sessions.map((session) => ({ ...session, id: other.id })) };

      expect(await execute(reused)).toEqual({ ended: [], gone: 1, denied: [] });
      await other.run('COMMIT');
    });

    it.skipIf(engine === 'mysql')('ends a session whose transaction failed and was neither rolled back nor ended', async () => {
      const failed = await client();
      await holdLock(failed);
      await expect(failed.run('SELECT 1 / 0')).rejects.toThrow('division by zero');

      const plan = await plannedWhenOver();
      expect(plan).toMatchObject({ sessions: [{ id: failed.id, state: 'idle in transaction (aborted)' }] });
      expect(await execute(plan)).toMatchObject({ ended: [{ user: 'shop' }], gone: 0 });
      await expect(failed.run('SELECT 1')).rejects.toThrow();
    });

    it.skipIf(engine === 'mysql')('spares a session that began anew after its failed transaction was seen', async () => {
      const failed = await client();
      await holdLock(failed);
      await expect(failed.run('SELECT 1 / 0')).rejects.toThrow();
      const plan = await plannedWhenOver();
      await failed.run('ROLLBACK');
      await holdLock(failed);

      expect(await execute(plan)).toEqual({ ended: [], gone: 1, denied: [] });
      await failed.run('COMMIT');
    });

    it('names a forgotten prepared transaction that others wait for, and ends none of those that wait', async () => {
      const forgetful = await client();
      await holdLock(forgetful, begin);
      for (const statement of prepare) await forgetful.run(statement);
      await forgetful.end();
      const waiting = wantLock(await client());
      const refusal = async () => JSON.stringify(await planned());
      await expect.poll(refusal, slowly).toContain('others wait for what cannot be ended from here');
      expect(await planned()).toMatchObject({
        refusal: 'not-applicable',
        why: expect.stringContaining(engine === 'mysql' ? 'XA RECOVER' : "prepared transaction 'job''7' of shop"),
      });

      await server.run(finishPrepared);
      await waiting;
      // InnoDB shows for a moment what it showed before.
      await expect.poll(async () => (await seen()).length, slowly).toBe(0);
    });

    it.skipIf(ofServer === undefined)('names a process of the server itself that others wait for, and ends nobody', async () => {
      const process = await connect(server, ofServer ?? '', true);
      clients.push(process);
      await holdLock(process);
      const waiting = wantLock(await client());
      const why = async () => JSON.stringify(await planned());
      await expect.poll(why, slowly).toContain('others wait for what cannot be ended from here');
      expect(await planned()).toMatchObject({
        refusal: 'not-applicable',
        why: expect.stringContaining(`the server's own walsender, process ${process.id}`),
      });

      await process.run('ROLLBACK');
      await waiting;
      expect(await seen()).toEqual([]);
    });

    it.skipIf(engine === 'postgresql').each(['+05:00', '-05:00'])(
      'counts the seconds by the same clock where the time zone is %s',
      async (zone) => {
        const before = Date.now();
        await server.run(`SET GLOBAL time_zone = '${zone}'`);
        const busy = await client();
        await holdLock(busy);
        const waiting = wantLock(await client());
        await expect.poll(async () => (await seen()).find(({ id }) => id === busy.id)?.blockingSeconds ?? 0, slowly).toBeGreaterThan(0);

        const [session] = await seen();

        const passed = (Date.now() - before) / 1_000;
        expect(session?.blockingSeconds).toBeLessThanOrEqual(passed + 1);
        expect(Math.abs(Date.parse(session?.since ?? '') - before)).toBeLessThanOrEqual((passed + 1) * 1_000);
        await server.run("SET GLOBAL time_zone = 'SYSTEM'");
        await busy.run('ROLLBACK');
        await waiting;
      },
    );

    it.skipIf(engine === 'mysql')(
      'ends no leader for whom its standby waits by an advisory lock, though it works in a transaction',
      async () => {
        const leader = await client();
        await leader.run('SELECT pg_advisory_lock(7)');
        const standby = (await client()).run('SELECT pg_advisory_lock(7)');
        const work = leader.run('SELECT pg_sleep(4)');
        await new Promise((resolve) => setTimeout(resolve, 2_500));

        expect(await planned()).toMatchObject({ refusal: 'not-applicable' });

        await work;
        await leader.run('SELECT pg_advisory_unlock(7)');
        await standby;
      },
    );

    it.skipIf(engine === 'mysql')('ends the holder of an advisory lock where who waits for it holds up others', async () => {
      const holder = await client();
      await holder.run('BEGIN');
      await holder.run('SELECT pg_advisory_xact_lock(8)');
      const between = await client();
      await holdLock(between);
      const waiting = [between.run('SELECT pg_advisory_xact_lock(8)'), wantLock(await client())];
      await expect.poll(async () => (await seen()).find(({ id }) => id === holder.id)?.blocked ?? 0, slowly).toBe(1);

      expect(await plannedWhenOver()).toMatchObject({ sessions: [{ id: holder.id }] });

      await holder.run('ROLLBACK');
      await waiting[0];
      await between.run('ROLLBACK');
      await Promise.all(waiting);
    });

    it('keeps the statement only when asked', async () => {
      const idle = await client();
      await holdLock(idle);
      await expect.poll(async () => (await seen()).length, slowly).toBe(1);
      const [quiet] = await seen();
      const [talkative] = await sessions.stuck('orders', { queryText: true });
      await idle.run('COMMIT');

      expect(quiet).not.toHaveProperty('query');
      expect(talkative?.id).toBe(idle.id);
      // MySQL has no statement for a session that does nothing.
      expect(talkative?.query).toEqual(engine === 'mysql' ? undefined : expect.stringContaining('UPDATE orders'));
    });

    it('tells why when its user may not end sessions, and ends none', async () => {
      const idle = await client();
      await holdLock(idle);
      const plan = await plannedWhenOver();
      await server.run(disarm);
      const ended = execute(plan);
      await expect(ended).rejects.toMatchObject({ name: 'Defect', message: expect.stringMatching(/let no session be ended/) });
      await server.run(arm);
      await idle.run('COMMIT');
    });

    it.skipIf(engine === 'mysql')('names a prepared transaction of another database of the server than the one that it opens', async () => {
      await server.run("CREATE USER clerk PASSWORD 'correct horse'");
      await server.run('CREATE DATABASE archive OWNER clerk');
      const login = { host: 'localhost', port: server.port, user: 'clerk', password: server.password, database: 'archive' };
      const [forgetful, waiting] = [new pg.Client(login), new pg.Client(login)];
      await Promise.all([forgetful.connect(), waiting.connect()]);
      await forgetful.query('CREATE TABLE bills (id int PRIMARY KEY)');
      await forgetful.query('BEGIN; INSERT INTO bills VALUES (1)');
      await forgetful.query("PREPARE TRANSACTION 'night'");
      const waited = waiting.query('INSERT INTO bills VALUES (1)');

      await expect
        .poll(async () => JSON.stringify(await planned()), slowly)
        .toContain("prepared transaction 'night' of clerk in database archive");

      await forgetful.query("ROLLBACK PREPARED 'night'");
      await waited;
      await Promise.all([forgetful.end(), waiting.end()]);
    });

    it.skipIf(engine === 'mysql')('refuses a user that has its rights only by SET ROLE, since it sees nothing of others', async () => {
      await server.run("CREATE USER quiet NOINHERIT PASSWORD 'correct horse'");
      await server.run('GRANT pg_read_all_stats, pg_signal_backend TO quiet');
      const quiet = databaseSessions(
        async () => connection,
        async () => ({ user: 'quiet', password: server.password }),
      );
      await expect(quiet.stuck('orders', { queryText: false })).rejects.toMatchObject({
        name: 'Defect',
        message: expect.stringContaining('inherit'),
      });
    });

    it.skipIf(engine === 'postgresql')('knows its own user by a name with an @ in it', async () => {
      await server.run('CREATE USER `heal@shop`');
      await server.run('GRANT PROCESS, CONNECTION ADMIN ON *.* TO `heal@shop`');
      await server.run('GRANT ALL ON shop.* TO `heal@shop`');
      const own = await client('heal@shop');
      await holdLock(own);
      const asItself = databaseSessions(
        async () => connection,
        async () => ({ user: 'heal@shop', password: '' }),
      );
      const protection = async () => (await asItself.stuck('orders', { queryText: false })).map((session) => session.protection);
      await expect.poll(protection, slowly).toEqual(["the pipeline's own user"]);
      await own.run('COMMIT');
    });

    it('leaves it to the next rung when the server is stopped', async () => {
      await server.stop();
      const plan = await planned();
      await server.start();

      expect(plan).toMatchObject({ refusal: 'not-applicable', why: expect.stringMatching(/cannot be reached.*ECONNREFUSED/) });
    });
  });
});

it('a function outside of the network says so rather than that nothing is stuck', async () => {
  await expect(noDatabaseSessions.stuck('orders', { queryText: false })).rejects.toMatchObject({ name: 'Defect' });
});
