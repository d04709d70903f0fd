import { connect, createServer } from 'node:net';
import { closePort } from '@self-healing/local-aws/database/closed-port.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DatabaseConnection } from '../../lambdas/core/database-connection.ts';
import { judgeProbe, stepLimitMilliseconds } from '../../lambdas/core/probe.ts';
import { probeDatabase } from '../../lambdas/probes/database.ts';
import { MARIADB_CONNECTIONS, type Mariadb, startMariadb, whyNoMariadb } from '../support/mariadb.ts';
import { POSTGRESQL_CONNECTIONS, type Postgresql, startPostgresql, whyNoPostgresql } from '../support/postgresql.ts';

const engines = [
  {
    engine: 'postgresql',
    whyNot: whyNoPostgresql,
    start: startPostgresql,
    connections: POSTGRESQL_CONNECTIONS,
    makeUser: "CREATE USER probe PASSWORD 'correct horse'",
  },
  {
    engine: 'mysql',
    whyNot: whyNoMariadb,
    start: startMariadb,
    connections: MARIADB_CONNECTIONS,
    makeUser: "CREATE USER probe@'%' IDENTIFIED BY 'correct horse' REQUIRE SSL",
  },
] as const;

describe.each(engines)('the probe of connectivity to a real $engine server', ({ engine, whyNot, start, connections, makeUser }) => {
  describe.skipIf(whyNot !== '')(`${whyNot}`, () => {
    let server: Postgresql | Mariadb;

    beforeAll(async () => {
      server = await start();
      await server.run(makeUser);
    });

    afterAll(() => server?.remove());

    function connection(changes: Partial<DatabaseConnection> = {}): DatabaseConnection {
      const { port, certificates } = server;
      const database = engine === 'mysql' ? 'information_schema' : 'postgres';
      return {
        engine,
        host: 'localhost',
        port,
        database,
        login: { kind: 'iam', user: 'probe' },
        authority: certificates.authority,
        ...changes,
      };
    }

    const login = (password = 'correct horse') => ({ user: 'probe', password });

    it('takes all five steps when the server is well, and leaves no session behind', async () => {
      const results = await probeDatabase(connection(), login());

      expect(results.map(({ step, ok }) => [step, ok])).toEqual([
        ['name', true],
        ['tcp', true],
        ['tls', true],
        ['login', true],
        ['query', true],
      ]);
      expect(judgeProbe(results)).toMatchObject({ reachable: true });
      const sessions = await server.run(
        engine === 'mysql'
          ? "SELECT id FROM information_schema.processlist WHERE user = 'probe'"
          : "SELECT pid FROM pg_stat_activity WHERE usename = 'probe'",
      );
      expect(sessions).toEqual([]);
    });

    it('fails at the name when nobody knows it', async () => {
      const verdict = judgeProbe(await probeDatabase(connection({ host: 'orders.invalid' }), login()));
      expect(verdict).toMatchObject({
        reachable: false,
        failedStep: 'name',
        fault: 'name',
        why: expect.stringMatching(/ENOTFOUND|EAI_AGAIN/),
      });
    });

    it('fails at the login when the password is wrong', async () => {
      const verdict = judgeProbe(await probeDatabase(connection(), login('wrong')));
      expect(verdict).toMatchObject({
        ...{ failedStep: 'login', fault: 'login' },
        why: expect.stringMatching(/password authentication failed|Access denied/),
      });
    });

    it('is turned away at the login when there is no such database, or it may not open it', async () => {
      const verdict = judgeProbe(await probeDatabase(connection({ database: 'nowhere' }), login()));
      expect(verdict).toMatchObject({ reachable: false, fault: 'login' });
    });

    it('fails at TLS when an authority that is not ours signed the certificate', async () => {
      const { authority, ...ofAmazon } = connection();
      expect(judgeProbe(await probeDatabase(ofAmazon, login()))).toMatchObject({ failedStep: 'tls', fault: 'tls' });
    });

    it('fails at the login when all connections are in use, and recovers with them', async () => {
      const clients = [];
      for (let number = 0; number < connections; number += 1) clients.push(await server.client());
      const full = judgeProbe(await probeDatabase(connection(), login()));
      for (const client of clients) await client.end();

      expect(full).toMatchObject({
        failedStep: 'login',
        fault: 'full',
        why: expect.stringMatching(/too many|remaining connection slots/i),
      });
      await expect.poll(async () => judgeProbe(await probeDatabase(connection(), login())).reachable).toBe(true);
    });

    it.each([
      ['has expired', 'expired', /expired/i],
      ['is for another name', 'misnamed', /altname/i],
    ] as const)('fails at TLS when the certificate %s', async (_, certificate, why) => {
      await server.stop();
      await server.start({ certificate });
      const verdict = judgeProbe(await probeDatabase(connection(), login()));
      await server.stop();
      await server.start();

      expect(verdict).toMatchObject({ failedStep: 'tls', fault: 'tls', why: expect.stringMatching(why) });
    });

    it('fails at TCP when the server is stopped', async () => {
      await server.stop();
      const verdict = judgeProbe(await probeDatabase(connection(), login()));
      await server.start();

      expect(verdict).toMatchObject({ failedStep: 'tcp', fault: 'refused', why: expect.stringContaining('ECONNREFUSED') });
    });

    it('finds a server silent that is stopped in its tracks, however open its port is', async () => {
      server.freeze();
      const verdict = judgeProbe(await probeDatabase(connection(), login(), { ...stepLimitMilliseconds, tls: 500 }));
      server.thaw();

      expect(verdict).toMatchObject({ failedStep: 'tls', fault: 'silent', why: expect.stringContaining('no answer within 500 ms') });
      await expect.poll(async () => judgeProbe(await probeDatabase(connection(), login())).reachable).toBe(true);
    });

    it('is turned away at TLS by a server that speaks none', async () => {
      await server.stop();
      await server.start({ tls: false });
      const verdict = judgeProbe(await probeDatabase(connection(), login()));
      await server.stop();
      await server.start();

      expect(verdict).toMatchObject({ failedStep: 'tls', fault: 'tls' });
    });

    it('is answered by a server whose connection breaks in the middle of the login with silence', async () => {
      const cutting = createServer((client) => {
        const through = connect(server.port, '127.0.0.1');
        let received = 0;
        for (const socket of [client, through]) socket.on('error', () => undefined);
        client.pipe(through);
        // What a server says before it knows who comes is short; from its certificate on, nothing is let through.
        through.on('data', (data: Buffer) => {
          received += data.length;
          if (received > 300) client.resetAndDestroy();
          else client.write(data);
        });
      });
      await new Promise<void>((resolve) => cutting.listen(0, '127.0.0.1', resolve));
      const { port } = cutting.address() as { port: number };
      const verdict = judgeProbe(await probeDatabase(connection({ port }), login()));
      cutting.close();

      expect(verdict).toMatchObject({ reachable: false, fault: 'silent' });
    });

    it.runIf(engine === 'postgresql')('hears from a server that recovers that it does, and takes it for no dead one', async () => {
      await server.stop();
      await server.start({ recovering: true });
      const verdict = judgeProbe(await probeDatabase(connection(), login()));
      await server.stop();
      await server.start();

      expect(verdict).toMatchObject({
        failedStep: 'login',
        fault: 'starting',
        why: expect.stringMatching(/not (yet )?accepting connections|starting up/),
      });
    });

    it.runIf(engine === 'mysql')('is turned away, and finds nothing silent, when its user may not come from its host', async () => {
      await server.run("CREATE USER other@'10.9.9.9' IDENTIFIED BY 'correct horse'");
      const verdict = judgeProbe(
        await probeDatabase(connection({ login: { kind: 'iam', user: 'other' } }), { user: 'other', password: 'x' }),
      );
      expect(verdict).toMatchObject({ failedStep: 'login', fault: 'login' });
    });

    it('logs in to one that is read-only, as a standby is, and finds it well', async () => {
      const readOnly = (on: boolean) =>
        engine === 'mysql'
          ? `SET GLOBAL read_only = ${on ? 1 : 0}`
          : `ALTER SYSTEM SET default_transaction_read_only = ${on ? 'on' : 'off'}`;
      await server.run(readOnly(true));
      if (engine === 'postgresql') await server.run('SELECT pg_reload_conf()');
      const verdict = judgeProbe(await probeDatabase(connection(), login()));
      await server.run(readOnly(false));
      if (engine === 'postgresql') await server.run('SELECT pg_reload_conf()');

      expect(verdict).toMatchObject({ reachable: true });
    });
  });

  it('gets nothing back from where it is not let in', async () => {
    const closed = await closePort(0);
    const shut = { engine, host: 'localhost', port: closed.port, database: 'x', login: { kind: 'iam', user: 'probe' } } as const;
    const verdict = judgeProbe(await probeDatabase(shut, { user: 'probe', password: 'x' }, { ...stepLimitMilliseconds, tcp: 500 }));
    await closed.open();

    expect(verdict).toMatchObject({ failedStep: 'tcp', fault: 'path', why: expect.stringContaining('no answer within 500 ms') });
  });

  it('ends the step that gets no answer after its time', async () => {
    const silent = createServer((socket) => socket.resume().on('error', () => undefined));
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as { port: number };
    const mute = { engine, host: '127.0.0.1', port, database: 'x', login: { kind: 'iam', user: 'probe' } } as const;
    const verdict = judgeProbe(await probeDatabase(mute, { user: 'probe', password: 'x' }, { ...stepLimitMilliseconds, tls: 200 }));
    silent.close();

    expect(verdict).toMatchObject({ failedStep: 'tls', why: expect.stringContaining('no answer within 200 ms') });
  });
});
