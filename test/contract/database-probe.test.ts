import { createServer } from 'node:net';
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
      expect(verdict).toMatchObject({ reachable: false, failedStep: 'name', why: expect.stringMatching(/ENOTFOUND|EAI_AGAIN/) });
    });

    it('fails at the login when the password is wrong', async () => {
      const verdict = judgeProbe(await probeDatabase(connection(), login('wrong')));
      expect(verdict).toMatchObject({ failedStep: 'login', why: expect.stringMatching(/password authentication failed|Access denied/) });
    });

    it('fails at TLS when an authority that is not ours signed the certificate', async () => {
      const { authority, ...ofAmazon } = connection();
      expect(judgeProbe(await probeDatabase(ofAmazon, login()))).toMatchObject({ failedStep: 'tls' });
    });

    it('fails at the login when all connections are in use, and recovers with them', async () => {
      const clients = [];
      for (let number = 0; number < connections; number += 1) clients.push(await server.client());
      const full = judgeProbe(await probeDatabase(connection(), login()));
      for (const client of clients) await client.end();

      expect(full).toMatchObject({ failedStep: 'login', why: expect.stringMatching(/too many|remaining connection slots/i) });
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

      expect(verdict).toMatchObject({ failedStep: 'tls', why: expect.stringMatching(why) });
    });

    it('fails at TCP when the server is stopped', async () => {
      await server.stop();
      const verdict = judgeProbe(await probeDatabase(connection(), login()));
      await server.start();

      expect(verdict).toMatchObject({ failedStep: 'tcp', why: expect.stringContaining('ECONNREFUSED') });
    });
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
