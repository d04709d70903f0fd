import { connectionName } from '../core/database-connection.ts';
import type { DatabaseSession } from '../core/ports.ts';
import { isDatabase, isOfDatabase } from './database-target.ts';
import type { Diagnostic } from './diagnostic.ts';

/** Sessions that are told. */
const MOST_TOLD = 8;

/**
 * Who holds up others in a database.
 *
 * Tells: the sessions and prepared transactions for which others wait, and sessions that sit idle in a transaction, with user and client. No
 * statement of theirs is read, since it may hold personal data.
 * Reads: in SQL, in a read-only transaction, with the login of `Database.instance(id, access)`; without one it is not deployed.
 */
export const diagnostic: Diagnostic = {
  name: 'database-blockers',
  appliesTo: isOfDatabase,
  visits: 'database',
  permissions: [{ actions: ['secretsmanager:GetSecretValue'], on: 'login' }],
  async gather({ incident: { target } }, { sessions }) {
    if (!isDatabase(target)) return [];
    const stuck = await sessions.stuck(connectionName(target), { queryText: false });
    const worstFirst = stuck.toSorted((left, right) => right.blocked - left.blocked || (right.idleSeconds ?? 0) - (left.idleSeconds ?? 0));
    const lines = worstFirst.slice(0, MOST_TOLD).map(lineOf);
    return [{ title: 'Sessions that hold up others', lines: lines.length > 0 ? lines : ['none'] }];
  },
};

function lineOf({ id, user, application, state, blocked, idleSeconds, blockingSeconds, sessionless }: DatabaseSession): string {
  if (sessionless !== undefined) return `${blocked} wait for ${sessionless}`;
  const longest = blockingSeconds === undefined ? '' : `, the longest for ${blockingSeconds} s`;
  const waiting = blocked > 0 ? `, ${blocked} wait for it${longest}` : '';
  const idle = idleSeconds === undefined ? '' : `, idle for ${idleSeconds} s`;
  return `session ${id} of ${user} (${application}), ${state}${idle}${waiting}`;
}
