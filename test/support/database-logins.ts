import { CreateSecretCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { DatabaseLink } from '../../lambdas/adapters/databases/link.ts';
import { readDatabaseLogin } from '../../lambdas/adapters/databases/login.ts';
import { databaseSessions } from '../../lambdas/adapters/databases/sessions.ts';
import type { DatabaseSessions } from '../../lambdas/core/ports.ts';

const row = { id: '71', started: '1', transaction: '2', user: 'shop', application: 'orders', state: 'idle in transaction', since: null };
const stuckRow = { ...row, idle: 900, blocked: 1, blocking: 120, protection: null, query: null };

/**
 * The real port with a real secret of the local AWS and, in place of a server, answers as PostgreSQL gives them: one
 * database has a stuck session for ever, one has none. What real servers do is tested with real servers.
 */
export async function stageSessions(
  secrets: SecretsManagerClient,
  { stuck, quiet }: { readonly stuck: string; readonly quiet: string },
): Promise<DatabaseSessions> {
  const SecretString = JSON.stringify({ username: 'healer', password: 'correct horse' });
  const { ARN = '' } = await secrets.send(new CreateSecretCommand({ Name: `${stuck}-login`, SecretString }));
  const connection = (host: string) =>
    ({ engine: 'postgresql', host, port: 5432, database: 'postgres', login: { kind: 'secret', arn: ARN } }) as const;
  return databaseSessions(
    async (name) => (name === stuck || name === quiet ? connection(name) : undefined),
    (to) => readDatabaseLogin(to, secrets),
    async ({ connection: { host } }) => linkTo(host === stuck ? [stuckRow] : []),
  );
}

function linkTo(sessions: readonly object[]): DatabaseLink {
  return {
    async query<Row extends object>(text: string) {
      if (text.includes('pg_read_all_stats')) return [{ may: true }] as unknown as readonly Row[];
      if (text.includes('pg_terminate_backend')) return [{ ended: true }] as unknown as readonly Row[];
      // Nobody has prepared a transaction, and nobody waits for a process of the server itself.
      if (text.includes('FROM pg_prepared_xacts') || text.includes("backend_type <> 'client backend'")) return [];
      return sessions as readonly Row[];
    },
    close: async () => undefined,
  };
}
