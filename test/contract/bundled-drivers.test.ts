import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleSettings } from '../../bundling/bundle-functions.ts';
import { leanPackages } from '../../bundling/lean-packages.ts';
import type * as openLink from '../../lambdas/adapters/databases/open-link.ts';
import type { DatabaseConnection, DatabaseLogin } from '../../lambdas/core/database-connection.ts';
import type * as probe from '../../lambdas/probes/database.ts';
import type { Mariadb } from '../support/mariadb.ts';
import type { Postgresql } from '../support/postgresql.ts';
import { enginesUnderTest } from '../support/stuck-sessions.ts';

const root = join(import.meta.dirname, '../..');

/** The sources of other tests have the drivers as npm brings them; functions have what bundling left of them. */
async function bundled(folder: string): Promise<Pick<typeof openLink, 'loadDriver'> & Pick<typeof probe, 'probeDatabase'>> {
  const contents = `export { loadDriver } from './lambdas/adapters/databases/open-link.ts';
export { probeDatabase } from './lambdas/probes/database.ts';`;
  const outfile = join(root, 'dist/functions/drivers/index.js');
  const { outputFiles } = await build({ ...bundleSettings, stdin: { contents, resolveDir: root }, outfile, plugins: [leanPackages(root)] });
  const file = join(folder, 'drivers.cjs');
  writeFileSync(file, outputFiles.find(({ path }) => path.endsWith('.js'))?.contents ?? '');
  return createRequire(import.meta.url)(file);
}

describe.each(enginesUnderTest)('the driver of $engine, as functions have it', ({ engine, whyNot, start, setUp }) => {
  describe.skipIf(whyNot !== '')(`${whyNot}`, () => {
    const folder = mkdtempSync(join(tmpdir(), 'bundled-drivers-'));
    let server: Postgresql | Mariadb;
    let drivers: Awaited<ReturnType<typeof bundled>>;
    let connection: DatabaseConnection;
    let login: DatabaseLogin;

    beforeAll(async () => {
      [server, drivers] = await Promise.all([start(), bundled(folder)]);
      for (const statement of setUp) await server.run(statement);
      const { port, certificates, password } = server;
      const database = engine === 'mysql' ? 'information_schema' : 'postgres';
      connection = { engine, host: 'localhost', port, database, authority: certificates.authority, login: { kind: 'iam', user: 'healer' } };
      login = { user: 'healer', password };
    });
    afterAll(async () => {
      rmSync(folder, { recursive: true });
      await server?.remove();
    });

    it('takes all steps of a probe', async () => {
      const results = await drivers.probeDatabase(connection, login);
      expect(results.map(({ step, ok }) => [step, ok])).toEqual(['name', 'tcp', 'tls', 'login', 'query'].map((step) => [step, true]));
    });

    it('says why a login is refused, and trusts no authority but the one that was given', async () => {
      const refused = await drivers.probeDatabase(connection, { ...login, password: 'wrong' });
      expect(refused.at(-1)).toMatchObject({ step: 'login', ok: false });
      const { authority, ...ofAmazon } = connection;
      expect((await drivers.probeDatabase(ofAmazon, login)).at(-1)).toMatchObject({ step: 'tls', ok: false });
    });

    it('reads text of any language, numbers, nothing and sessions', async () => {
      const { open, sessions } = await drivers.loadDriver(connection);
      const link = await open({ connection, login, application: 'test', passed: () => {}, signal: new AbortController().signal });
      try {
        const [row] = await link.query(
          `SELECT 'Größe 尺寸 €😀' AS words, 7 AS seven, NULL AS nothing, ${engine === 'mysql' ? '?' : '$1::text'} AS given`,
          ['ü'],
        );
        expect(row).toEqual({ words: 'Größe 尺寸 €😀', seven: 7, nothing: null, given: 'ü' });
        expect(await sessions.load(link)).toMatchObject({ connections: 1, waits: [] });
        expect(await sessions.stuck(link, { queryText: true })).toEqual([]);
        await expect(link.query('SELECT nonsense FROM nowhere')).rejects.toThrow(/nowhere/);
      } finally {
        await link.close();
      }
    });
  });
});
