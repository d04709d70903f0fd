import * as z from 'zod';
import type { Target } from './target.ts';

const databaseEngines = ['postgresql', 'mysql'] as const;

/** How a client reaches a database and logs in. It holds no secret, only where the secret is. */
export const databaseConnectionSchema = z.strictObject({
  /** `mysql` is MariaDB, too. */
  engine: z.enum(databaseEngines),
  /** A certificate names hosts, and the MySQL driver does not check an address against it. */
  host: z
    .string()
    .max(255)
    .regex(/^(?=.*[A-Za-z])[A-Za-z0-9.-]+$/, 'must be a host name, not an address'),
  port: z.int().min(1).max(65_535),
  /** The database to open. */
  database: z.string().min(1).max(63),
  login: z.discriminatedUnion('kind', [
    /** A secret of Secrets Manager as RDS makes them: JSON with `username` and `password`. */
    z.strictObject({ kind: z.literal('secret'), arn: z.string().min(1) }),
    /** A token that is signed for 15 minutes, with `rds-db:connect`. */
    z.strictObject({ kind: z.literal('iam'), user: z.string().min(1).max(63) }),
  ]),
  /** PEM of the authority that signed the server's certificate. @default - the authorities of Amazon RDS */
  authority: z.string().includes('BEGIN CERTIFICATE').optional(),
});

export type DatabaseConnection = z.infer<typeof databaseConnectionSchema>;

/** User name and password, or a token in its place. */
export interface DatabaseLogin {
  readonly user: string;
  readonly password: string;
}

/** The ports that the engines listen on when nobody changed them. */
export const usualPorts: Readonly<Record<DatabaseConnection['engine'], number>> = { postgresql: 5432, mysql: 3306 };

/** A database that every server of the engine has and every user may open. */
export const usualDatabases: Readonly<Record<DatabaseConnection['engine'], string>> = {
  postgresql: 'postgres',
  mysql: 'information_schema',
};

/** The name under which a database's connection is kept, and its metrics: an instance and a cluster may have the same identifier. */
export function connectionName({ kind, id }: Extract<Target, { kind: 'database' | 'database-cluster' }>): string {
  return kind === 'database-cluster' ? `cluster:${id}` : id;
}

/** Connections by their names. */
export const databaseConnectionsSchema = z.record(z.string(), databaseConnectionSchema);

/** Finds the connection to a database by its name. */
export type DatabaseConnections = (database: string) => Promise<DatabaseConnection | undefined>;

/** Below it stand the connections for which variables have no room. */
export function databasesPath(pipeline: string): string {
  return `/self-healing/${pipeline}/databases`;
}
