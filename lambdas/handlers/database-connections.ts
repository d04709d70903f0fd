import { type DatabaseConnection, databaseConnectionsSchema } from '../core/database-connection.ts';
import { environment } from './environment.ts';

/** The connections that the construct of this function was given, by their names. */
export function databaseConnections(): Readonly<Record<string, DatabaseConnection>> {
  return databaseConnectionsSchema.parse(JSON.parse(environment('DATABASE_CONNECTIONS')));
}
