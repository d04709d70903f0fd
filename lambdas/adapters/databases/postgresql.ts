import { Socket } from 'node:net';
import { checkServerIdentity } from 'node:tls';
import pg from 'pg';
import { Defect } from '../../core/failure.ts';
import { oneLine } from '../../core/outside-text.ts';
import type { DatabaseLoad, DatabaseSession } from '../../core/ports.ts';
import type { DatabaseLink, LinkRequest, SessionDialect } from './link.ts';

/** A connection to PostgreSQL. The driver reconnects nothing by itself. */
export async function openPostgresql({ connection, login, authorities, application, passed, signal }: LinkRequest): Promise<DatabaseLink> {
  const socket = new Socket();
  socket.once('connect', () => passed('tcp'));
  const client = new pg.Client({
    host: connection.host,
    port: connection.port,
    database: connection.database,
    user: login.user,
    password: login.password,
    application_name: application,
    stream: () => socket,
    ssl: {
      ca: [...authorities],
      // Called once the chain is trusted; the name is the last thing that is checked.
      checkServerIdentity(host, certificate) {
        const mismatch = checkServerIdentity(host, certificate);
        if (!mismatch) passed('tls');
        return mismatch;
      },
    },
  });
  // A connection that breaks while nothing runs is told here and by the next query; without a listener it would end the process.
  let broken: Error | undefined;
  client.on('error', (error) => {
    broken = error;
  });
  signal.addEventListener('abort', () => socket.destroy(), { once: true });
  try {
    await client.connect();
  } catch (error) {
    socket.destroy();
    throw error;
  }
  passed('login');
  return {
    async query(text, values = []) {
      if (broken) throw broken;
      return (await client.query(text, [...values])).rows;
    },
    async close() {
      await client.end();
    },
  };
}

interface Row {
  readonly id: string;
  readonly started: string;
  readonly transaction: string;
  readonly user: string;
  readonly application: string;
  readonly state: string;
  readonly since: Date | null;
  readonly idle: number | null;
  readonly blocked: number;
  readonly blocking: number | null;
  readonly protection: string | null;
  readonly query: string | null;
}

interface PreparedRow {
  readonly id: string;
  readonly user: string;
  readonly database: string;
  readonly since: Date;
  readonly blocked: number;
  readonly blocking: number | null;
}

interface ServerRow {
  readonly id: string;
  readonly kind: string;
  readonly since: Date;
  readonly blocked: number;
  readonly blocking: number | null;
  readonly doing: string | null;
}

/**
 * Without this right other users' sessions show no state, and would look as if nothing were wrong with them. A member that does not inherit
 * has it only after SET ROLE.
 */
const MAY_READ = "SELECT pg_has_role(current_user, 'pg_read_all_stats', 'usage') AS may";

/** Whole microseconds, as PostgreSQL keeps its times: a time as text depends on settings of the session. */
const microseconds = (column: string) => `(extract(epoch FROM ${column}) * 1000000)::bigint::text`;

/**
 * The transaction of a session. In one that failed, which its client has neither rolled back nor ended, PostgreSQL shows no
 * start any more; the moment of the failure tells it from a later one just as well.
 */
const transactionOf = (session = '') =>
  `coalesce(${session}xact_start, CASE WHEN ${session}state = 'idle in transaction (aborted)' THEN ${session}state_change END)`;

/**
 * `waitstart` is there from PostgreSQL 14 on, and for a moment not set; before, the start of the waiting statement is the
 * best there is. A session that waits itself is no cause and is left out; process id 0 is a prepared transaction. Who waits for
 * an advisory lock waits as its application wants it, as the standby of a leader or the second of two migrations: its holder
 * holds up nobody, unless who waits holds up others.
 */
const WAITING = `
WITH waiting AS (
  SELECT a.pid, a.datname, unnest(pg_blocking_pids(a.pid)) AS blocker, a.wait_event = 'advisory' AS as_wanted,
    extract(epoch FROM clock_timestamp() - coalesce(
      (SELECT min((to_jsonb(l) ->> 'waitstart')::timestamptz) FROM pg_locks l WHERE l.pid = a.pid AND NOT l.granted),
      CASE WHEN current_setting('server_version_num')::int < 140000 THEN a.query_start END)) AS seconds
  FROM pg_stat_activity a WHERE a.wait_event_type = 'Lock'
), blockers AS (
  SELECT blocker AS pid, count(DISTINCT pid)::int AS blocked, max(seconds) AS seconds FROM waiting
  WHERE NOT as_wanted OR pid IN (SELECT blocker FROM waiting WHERE NOT as_wanted) GROUP BY blocker
)`;

const STUCK = `${WAITING}
SELECT a.pid::text AS id, ${microseconds('a.backend_start')} AS started, ${microseconds(transactionOf('a.'))} AS transaction,
  a.usename AS "user", a.application_name AS application, a.state, ${transactionOf('a.')} AS since,
  CASE WHEN a.state LIKE 'idle in transaction%' THEN extract(epoch FROM clock_timestamp() - a.state_change)::float8 END AS idle,
  coalesce(b.blocked, 0) AS blocked, b.seconds::float8 AS blocking,
  CASE WHEN a.usename = session_user THEN 'the pipeline''s own user'
    WHEN r.rolsuper THEN 'a superuser'
    WHEN r.rolreplication THEN 'a replication user'
    WHEN EXISTS (SELECT FROM pg_roles g WHERE g.rolname = 'rds_superuser' AND pg_has_role(r.oid, g.oid, 'member'))
      THEN 'a member of rds_superuser' END AS protection,
  CASE WHEN $1 THEN left(a.query, 500) END AS query
FROM pg_stat_activity a JOIN pg_roles r ON r.oid = a.usesysid LEFT JOIN blockers b ON b.pid = a.pid
WHERE a.pid <> pg_backend_pid() AND a.backend_type = 'client backend' AND ${transactionOf('a.')} IS NOT NULL
  AND (a.state LIKE 'idle in transaction%' OR b.pid IS NOT NULL)
  AND NOT EXISTS (SELECT FROM waiting w WHERE w.pid = a.pid)`;

/** One statement, so that nothing can come between the look and the act. */
const END = `
SELECT pg_terminate_backend(pid) AS ended FROM pg_stat_activity
WHERE pid = $1 AND ${microseconds('backend_start')} = $2 AND ${microseconds(transactionOf())} = $3`;

/**
 * Prepared transactions that sessions wait for. They have no session that could be ended: whoever prepared one may be gone for
 * weeks. Where sessions wait for a row, its transaction is known; for other locks all prepared ones of their database come into question,
 * which may be another one of the server than that of the connection.
 */
const PREPARED = `${WAITING}
SELECT p.gid AS id, p.owner AS "user", p.database, p.prepared AS since, b.blocked, b.seconds::float8 AS blocking
FROM pg_prepared_xacts p CROSS JOIN blockers b
WHERE b.pid = 0 AND p.database IN (SELECT datname FROM waiting WHERE blocker = 0) AND (
  p.transaction IN (SELECT transactionid FROM pg_locks WHERE NOT granted AND locktype = 'transactionid')
  OR NOT EXISTS (SELECT FROM pg_prepared_xacts x JOIN pg_locks l ON l.transactionid = x.transaction AND NOT l.granted
    WHERE x.database = p.database))
ORDER BY p.prepared LIMIT 20`;

/**
 * Processes of the server itself that sessions wait for: autovacuum against wraparound, which gives way to nobody, or what copies for a
 * replica. Of autovacuum the text is the server's own, and names the table.
 */
const OF_SERVER = `${WAITING}
SELECT a.pid::text AS id, a.backend_type AS kind, coalesce(a.xact_start, a.backend_start) AS since, b.blocked, b.seconds::float8 AS blocking,
  CASE WHEN a.backend_type = 'autovacuum worker' THEN left(a.query, 200) END AS doing
FROM blockers b JOIN pg_stat_activity a ON a.pid = b.pid
WHERE a.backend_type <> 'client backend' AND NOT EXISTS (SELECT FROM waiting w WHERE w.pid = a.pid)
ORDER BY b.seconds DESC LIMIT 20`;

/** Sessions of clients, by what they wait for while they are active. One that waits for nothing computes. */
const LOAD = `
SELECT coalesce(wait_event_type || ' ' || wait_event, 'CPU') AS what, count(*)::int AS sessions,
  coalesce(max(extract(epoch FROM clock_timestamp() - query_start)), 0)::int AS seconds
FROM pg_stat_activity WHERE state = 'active' AND backend_type = 'client backend' AND pid <> pg_backend_pid()
GROUP BY 1 ORDER BY 2 DESC, 3 DESC LIMIT 5`;

const CONNECTIONS = `
SELECT count(*)::int AS connections, current_setting('max_connections')::int AS "limit"
FROM pg_stat_activity WHERE backend_type = 'client backend'`;

/** @throws Defect for a user that would see of the sessions of others neither state nor waits */
async function requireSight(link: DatabaseLink): Promise<void> {
  const [right] = await link.query<{ readonly may: boolean }>(MAY_READ);
  if (!right?.may)
    throw new Defect(
      'the user may not see the sessions of others: GRANT pg_read_all_stats, pg_signal_backend, which it must inherit',
      undefined,
    );
}

/** The sessions of PostgreSQL. */
export const postgresqlSessions: SessionDialect = {
  async load(link) {
    await requireSight(link);
    const [{ connections, limit } = { connections: 0, limit: 0 }] = await link.query<Omit<DatabaseLoad, 'waits'>>(CONNECTIONS);
    return { connections, limit, waits: await link.query<DatabaseLoad['waits'][number]>(LOAD) };
  },
  async stuck(link, { queryText }) {
    await requireSight(link);
    const rows = await link.query<Row>(STUCK, [queryText]);
    const sessions = rows.map(({ id, started, transaction, since, idle, blocking, protection, query, ...row }) => ({
      ...row,
      id,
      incarnation: `${started}/${transaction}`,
      ...(since !== null && { since: since.toISOString() }),
      ...(idle !== null && { idleSeconds: Math.floor(idle) }),
      ...(blocking !== null && { blockingSeconds: Math.floor(blocking) }),
      ...(protection !== null && { protection }),
      ...(query !== null && { query }),
    }));
    const prepared = await link.query<PreparedRow>(PREPARED);
    const ofServer = await link.query<ServerRow>(OF_SERVER);
    return [...sessions, ...prepared.map(preparedTransaction), ...ofServer.map(processOfServer)];
  },
  async end(link, { id, incarnation }) {
    const [started = '', transaction = ''] = incarnation.split('/');
    const [row] = await link.query<{ readonly ended: boolean }>(END, [id, started, transaction]);
    return row?.ended ?? false;
  },
};

function preparedTransaction({ id, user, database, since, blocked, blocking }: PreparedRow): DatabaseSession {
  return {
    ...{ id, user, blocked, incarnation: 'prepared', application: 'none', state: 'prepared', since: since.toISOString() },
    ...(blocking !== null && { blockingSeconds: Math.floor(blocking) }),
    sessionless: `prepared transaction ${quoted(id)} of ${user} in database ${database}, of ${since.toISOString()}: COMMIT PREPARED or ROLLBACK PREPARED there ends it`,
  };
}

function processOfServer({ id, kind, since, blocked, blocking, doing }: ServerRow): DatabaseSession {
  return {
    ...{ id, user: kind, blocked, incarnation: 'server', application: 'none', state: kind, since: since.toISOString() },
    ...(blocking !== null && { blockingSeconds: Math.floor(blocking) }),
    sessionless: `the server's own ${kind}, process ${id}, since ${since.toISOString()}${doing === null ? '' : `: ${oneLine(doing)}`}`,
  };
}

/** As a literal of SQL. Its name is free text of whoever prepared it. */
function quoted(gid: string): string {
  return `'${gid.replace(/\p{C}/gu, '?').replaceAll("'", "''")}'`;
}
