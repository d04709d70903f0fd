import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { type Connection, createConnection } from 'mysql2/promise';
import { Defect } from '../../core/failure.ts';
import type { DatabaseLoad, DatabaseSession } from '../../core/ports.ts';
import type { DatabaseLink, LinkRequest, SessionDialect } from './link.ts';

/** The driver's own words for a handshake that failed before any login. */
const TLS_FAILURES: readonly unknown[] = ['HANDSHAKE_SSL_ERROR', 'HANDSHAKE_NO_SSL_SUPPORT'];

/**
 * A connection to MySQL or MariaDB. It is one connection from the first byte on: a server counts those that are broken
 * off during the handshake and locks out a client that does it often (`max_connect_errors`). The driver does not say when
 * TLS is done, so that a server that falls silent in the middle of a login looks as if it did so in TLS.
 */
export async function openMysql(request: LinkRequest): Promise<DatabaseLink> {
  const { connection, passed, signal } = request;
  const socket = connect({ host: connection.host, port: connection.port, noDelay: true });
  signal.addEventListener('abort', () => socket.destroy(signal.reason), { once: true });
  await once(socket, 'connect');
  passed('tcp');
  const client = await logIn(request, socket);
  passed('tls');
  passed('login');
  let broken: Error | undefined;
  client.on('error', (error: Error) => {
    broken = error;
  });
  return {
    async query<Row extends object>(text: string, values: readonly unknown[] = []) {
      if (broken) throw broken;
      const [rows] = await client.query(text, [...values]);
      return (Array.isArray(rows) ? rows : []) as unknown as readonly Row[];
    },
    close: () => client.end(),
  };
}

async function logIn({ connection, login, authorities, passed }: LinkRequest, socket: Socket): Promise<Connection> {
  try {
    return await createConnection({
      host: connection.host,
      port: connection.port,
      database: connection.database,
      user: login.user,
      password: login.password,
      stream: socket,
      ssl: { ca: [...authorities], verifyIdentity: true, minVersion: 'TLSv1.2' },
      // RDS wants a token as plain text, which only ever travels inside of TLS; a password never leaves so.
      enableCleartextPlugin: connection.login.kind === 'iam',
    });
  } catch (error) {
    socket.destroy();
    if (!TLS_FAILURES.includes((error as { code?: unknown }).code)) passed('tls');
    throw error;
  }
}

interface Row {
  readonly id: number;
  readonly user: string;
  readonly host: string;
  readonly command: string;
  readonly seconds: number;
  readonly started: number;
  readonly query: string | null;
}

interface Blocker {
  readonly id: number;
  readonly blocked: number;
  readonly seconds: number | null;
}

/**
 * The moment in UTC of a time that InnoDB shows, which is in the zone of the server's system; `NOW()` and what is converted without a
 * zone go by the session's, which `time_zone` sets for all of them.
 */
const utc = (column: string) => `CONVERT_TZ(${column}, 'SYSTEM', '+00:00')`;

/** Transactions that hold something, those that wait left out: they are no cause. `TIME` counts from the last change of the command. */
const TRANSACTIONS = `
SELECT p.ID AS id, p.USER AS user, p.HOST AS host, p.COMMAND AS command, p.TIME AS seconds,
  TIMESTAMPDIFF(SECOND, '1970-01-01', ${utc('t.trx_started')}) AS started, LEFT(p.INFO, 500) AS query
FROM information_schema.PROCESSLIST p JOIN information_schema.INNODB_TRX t ON t.trx_mysql_thread_id = p.ID
WHERE p.ID <> CONNECTION_ID() AND t.trx_state <> 'LOCK WAIT'`;

/** Sessions that run a statement, by what it is at. Of users without the PROCESS right the server shows their own sessions only. */
const LOAD = `
SELECT COALESCE(NULLIF(STATE, ''), COMMAND) AS what, COUNT(*) AS sessions, MAX(TIME) AS seconds
FROM information_schema.PROCESSLIST WHERE COMMAND NOT IN ('Sleep', 'Daemon', 'Binlog Dump', 'Binlog Dump GTID') AND ID <> CONNECTION_ID()
GROUP BY 1 ORDER BY 2 DESC, 3 DESC LIMIT 5`;

const CONNECTIONS = 'SELECT COUNT(*) AS connections, @@max_connections AS most FROM information_schema.PROCESSLIST';

/** Who waits for whom: MySQL 8 moved it into another schema under other names. */
const waits = {
  information: { table: 'information_schema.INNODB_LOCK_WAITS', blocking: 'blocking_trx_id', requesting: 'requesting_trx_id' },
  performance: {
    table: 'performance_schema.data_lock_waits',
    blocking: 'BLOCKING_ENGINE_TRANSACTION_ID',
    requesting: 'REQUESTING_ENGINE_TRANSACTION_ID',
  },
} as const;

function blockersFrom({ table, blocking, requesting }: (typeof waits)[keyof typeof waits]): string {
  return `
SELECT b.trx_mysql_thread_id AS id, COUNT(DISTINCT r.trx_id) AS blocked,
  MAX(TIMESTAMPDIFF(SECOND, ${utc('r.trx_wait_started')}, UTC_TIMESTAMP())) AS seconds
FROM ${table} w JOIN information_schema.INNODB_TRX b ON b.trx_id = w.${blocking}
JOIN information_schema.INNODB_TRX r ON r.trx_id = w.${requesting} GROUP BY b.trx_mysql_thread_id`;
}

/** That some wait, and for how long, is known where nothing tells for whom. */
const NOT_SHOWN = `
SELECT -1 AS id, COUNT(*) AS blocked, MAX(TIMESTAMPDIFF(SECOND, ${utc('trx_wait_started')}, UTC_TIMESTAMP())) AS seconds
FROM information_schema.INNODB_TRX WHERE trx_state = 'LOCK WAIT' HAVING blocked > 0`;

/**
 * The sessions of MySQL and MariaDB. Only transactions of InnoDB are seen. Between the look and the act lies one round
 * trip, and InnoDB renews what it shows only when nobody has asked for a tenth of a second; who is connected is always
 * fresh. Connection ids count up and come again only after four thousand million others or a restart, which ends the
 * connection that looks.
 */
export const mysqlSessions: SessionDialect = {
  async load(link) {
    const [counted] = await link.query<{ readonly connections: number; readonly most: number }>(CONNECTIONS);
    const waits = await link.query<DatabaseLoad['waits'][number]>(LOAD);
    return {
      connections: Number(counted?.connections ?? 0),
      limit: Number(counted?.most ?? 0),
      waits: waits.map(({ what, sessions, seconds }) => ({ what, sessions: Number(sessions), seconds: Number(seconds) })),
    };
  },
  async stuck(link, { queryText }) {
    const rows = await link.query<Row>(TRANSACTIONS);
    const found = await readBlockers(link);
    const blockers = new Map(found.map((blocker) => [blocker.id, blocker]));
    // As the server writes it in the list: a name may have an @ in it, by which USER() parts it from the host.
    const [me] = await link.query<{ readonly user: string }>(
      'SELECT USER AS user FROM information_schema.PROCESSLIST WHERE ID = CONNECTION_ID()',
    );
    const sessions = rows.flatMap((row) => {
      const blocker = blockers.get(row.id);
      const idle = row.command === 'Sleep';
      if (!idle && !blocker) return [];
      return {
        id: String(row.id),
        incarnation: incarnationOf(row),
        user: row.user,
        application: row.host,
        state: idle ? 'idle in transaction' : row.command.toLowerCase(),
        since: new Date(row.started * 1_000).toISOString(),
        blocked: blocker?.blocked ?? 0,
        ...(idle && { idleSeconds: row.seconds }),
        ...(blocker && { blockingSeconds: blocker.seconds ?? 0 }),
        ...(protectionOf(row, me?.user) !== undefined && { protection: protectionOf(row, me?.user) }),
        ...(queryText && row.query !== null && { query: row.query }),
      };
    });
    return [...sessions, ...found.flatMap(sessionless)];
  },
  async end(link, { id, incarnation }) {
    const rows = await link.query<Row>(`${TRANSACTIONS} AND p.ID = ?`, [id]);
    const [session] = rows.filter((row) => incarnationOf(row) === incarnation);
    if (!session) return false;
    await kill(link, session.id);
    return true;
  },
};

async function readBlockers(link: DatabaseLink): Promise<readonly Blocker[]> {
  const [server] = await link.query<{ readonly version: string }>('SELECT VERSION() AS version');
  const version = server?.version ?? '';
  if (/MariaDB/i.test(version) || /^5\./.test(version)) return link.query<Blocker>(blockersFrom(waits.information));
  const [schema] = await link.query<{ readonly isOn: number }>('SELECT @@performance_schema AS isOn');
  if (schema?.isOn === 0) return link.query<Blocker>(NOT_SHOWN);
  try {
    return await link.query<Blocker>(blockersFrom(waits.performance));
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'ER_TABLEACCESS_DENIED_ERROR') throw error;
    throw new Defect(`the user may not see who waits for whom: GRANT SELECT ON ${waits.performance.table}`, error);
  }
}

/** The client's port is part of the host, so that two clients never look alike. */
function incarnationOf({ user, host, started }: Row): string {
  return `${user}@${host}/${started}`;
}

/**
 * The engines' own administrator, and the one that RDS proposes as the master user. Of the rights of others the server tells nothing to a
 * user that may not read the schema `mysql`, passwords and all.
 */
const ADMINISTRATORS: readonly string[] = ['root', 'admin'];

function protectionOf({ command, user }: Row, own: string | undefined): string | undefined {
  if (user === own) return "the pipeline's own user";
  if (ADMINISTRATORS.includes(user)) return 'an administrator by its name';
  return /^(Binlog Dump|Slave|Replica|Daemon)/.test(command) ? 'replication or the server itself' : undefined;
}

/**
 * What others wait for that is no session, by the number that stands in its place: a prepared XA transaction keeps its locks when its client has
 * gone, and then belongs to no connection.
 */
const withoutSession: ReadonlyMap<number, Pick<DatabaseSession, 'id' | 'state' | 'sessionless'>> = new Map([
  [
    0,
    {
      ...{ id: 'xa', state: 'prepared' },
      sessionless: 'a prepared XA transaction without a connection: XA RECOVER lists it, XA COMMIT or XA ROLLBACK ends it',
    },
  ],
  [-1, { id: 'unknown', state: 'not shown', sessionless: 'sessions that MySQL shows only with performance_schema on' }],
]);

function sessionless({ id, blocked, seconds }: Blocker): readonly DatabaseSession[] {
  const what = withoutSession.get(id);
  return what ? [{ incarnation: 'none', user: 'unknown', application: 'none', blocked, blockingSeconds: seconds ?? 0, ...what }] : [];
}

/** What MySQL and MariaDB answer to a user who may not end the sessions of others. */
const DENIED: readonly unknown[] = ['ER_KILL_DENIED_ERROR', 'ER_SPECIFIC_ACCESS_DENIED_ERROR'];

/** RDS has a procedure for users without the right. */
async function kill(link: DatabaseLink, id: number): Promise<void> {
  try {
    await link.query('KILL CONNECTION ?', [id]);
  } catch (error) {
    if (!DENIED.includes((error as { code?: unknown }).code)) throw error;
    await link.query('CALL mysql.rds_kill(?)', [id]);
  }
}
