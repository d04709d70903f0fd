import { connectionName } from '../core/database-connection.ts';
import { isDatabase, isOfDatabase } from './database-target.ts';
import type { Diagnostic } from './diagnostic.ts';

/**
 * What the sessions of a database wait for.
 *
 * Tells: how many connections there are of how many, and what the active sessions wait for. No statement of theirs is read.
 * Reads: in SQL, in a read-only transaction, with the login of `Database.instance(id, access)`; without one it is not deployed.
 */
export const diagnostic: Diagnostic = {
  name: 'database-load',
  appliesTo: isOfDatabase,
  visits: 'database',
  permissions: [{ actions: ['secretsmanager:GetSecretValue'], on: 'login' }],
  async gather({ incident: { target } }, { sessions }) {
    if (!isDatabase(target)) return [];
    const { connections, limit, waits } = await sessions.load(connectionName(target));
    const active = waits.map(({ what, sessions: waiting, seconds }) => `${waiting} active: ${what}, the longest for ${seconds} s`);
    const lines = [`${connections} connections of ${limit}`, ...(active.length > 0 ? active : ['none is active'])];
    return [{ title: 'Sessions of the database', lines }];
  },
};
