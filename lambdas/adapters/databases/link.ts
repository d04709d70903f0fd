import type { DatabaseConnection, DatabaseLogin } from '../../core/database-connection.ts';
import type { DatabaseLoad, DatabaseSession } from '../../core/ports.ts';
import type { ProbeStep } from '../../core/probe.ts';

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

/** What one engine says of its sessions, over an open connection. */
export interface SessionDialect {
  load(link: DatabaseLink): Promise<DatabaseLoad>;
  stuck(link: DatabaseLink, options: { readonly queryText: boolean }): Promise<readonly DatabaseSession[]>;
  /** Ends the session if it is still the one that was seen; false when it is not there any more. */
  end(link: DatabaseLink, session: Pick<DatabaseSession, 'id' | 'incarnation'>): Promise<boolean>;
}
