import type { DatabaseConnection, DatabaseConnections, DatabaseLogin } from '../../core/database-connection.ts';
import { Defect, messageOf, TryAgain, Uncertain } from '../../core/failure.ts';
import type { DatabaseSession, DatabaseSessions, SessionEnd } from '../../core/ports.ts';
import type { DatabaseLink, SessionDialect } from './link.ts';
import { readDatabaseLogin } from './login.ts';
import { loadDriver, openDatabaseLink } from './open-link.ts';

/** Time for one visit, login and all; a database that takes longer is not helped by waiting. Well within the function's time. */
const VISIT_LIMIT_MILLISECONDS = 20_000;

/** The session's name at the database. */
const APPLICATION = 'self-healing sessions';

/**
 * Has the server itself refuse every change until the transaction ends, and leaves the session as it was: a pooler, or a proxy, gives the same
 * one to others next.
 */
const READ_ONLY = 'START TRANSACTION READ ONLY';

/** The sessions of the databases that the function has a connection to. */
export function databaseSessions(
  connectionTo: DatabaseConnections,
  readLogin: (connection: DatabaseConnection) => Promise<DatabaseLogin> = readDatabaseLogin,
  open: typeof openDatabaseLink = openDatabaseLink,
): DatabaseSessions {
  async function visit<T>(database: string, work: (link: DatabaseLink, dialect: SessionDialect) => Promise<T>): Promise<T> {
    const connection = await connectionTo(database);
    if (!connection) throw new Defect(`this function has no connection to database ${database}`, undefined);
    const login = await readLogin(connection);
    const { sessions: dialect } = await loadDriver(connection);
    const signal = AbortSignal.timeout(VISIT_LIMIT_MILLISECONDS);
    const link = await open({ connection, login, application: APPLICATION, passed: () => undefined, signal }).catch((error) => {
      throw new TryAgain(`connect to database ${database}: ${messageOf(error)}`, error);
    });
    try {
      return await work(link, dialect);
    } finally {
      // What was asked has been answered or failed by now; a goodbye that is lost changes neither.
      await link.close().catch(() => undefined);
    }
  }
  /** A visit that can only read. */
  function look<T>(database: string, work: (link: DatabaseLink, dialect: SessionDialect) => Promise<T>): Promise<T> {
    return visit(database, async (link, dialect) => {
      try {
        await link.query(READ_ONLY);
        const seen = await work(link, dialect);
        await link.query('COMMIT');
        return seen;
      } catch (error) {
        throw failureOf(`read the sessions of database ${database}`, error, TryAgain);
      }
    });
  }
  return {
    load: (database) => look(database, (link, dialect) => dialect.load(link)),
    stuck: (database, options) => look(database, (link, dialect) => dialect.stuck(link, options)),
    end: (database, sessions) =>
      visit(database, async (link, dialect) => {
        const ends: SessionEnd[] = [];
        for (const session of sessions) ends.push(await endOf(link, dialect, session));
        return ends;
      }),
  };
}

async function endOf(
  link: DatabaseLink,
  dialect: SessionDialect,
  session: Pick<DatabaseSession, 'id' | 'incarnation'>,
): Promise<SessionEnd> {
  try {
    return (await dialect.end(link, session)) ? { kind: 'ended' } : { kind: 'gone' };
  } catch (error) {
    if (isAnswered(error)) return { kind: 'denied', why: messageOf(error) };
    throw failureOf(`end session ${session.id}`, error, Uncertain);
  }
}

function failureOf(what: string, error: unknown, unanswered: typeof TryAgain | typeof Uncertain): Error {
  if (error instanceof Defect) return error;
  const message = `${what}: ${messageOf(error)}`;
  return isAnswered(error) ? new Defect(message, error) : new unanswered(message, error);
}

/** Whether the database itself refused: both drivers put its five-character code on the error. */
function isAnswered(error: unknown): boolean {
  const { code, sqlState } = error as { code?: unknown; sqlState?: unknown };
  return typeof sqlState === 'string' || (typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) && /\d/.test(code));
}
