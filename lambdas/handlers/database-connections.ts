import { databaseRegister } from '../adapters/ssm/database-register.ts';
import { type DatabaseConnection, type DatabaseConnections, databaseConnectionsSchema } from '../core/database-connection.ts';
import { environment, environmentIfSet } from './environment.ts';

/** The connections that the construct of this function was given, by their names. */
export function databaseConnections(): Readonly<Record<string, DatabaseConnection>> {
  return databaseConnectionsSchema.parse(JSON.parse(environment('DATABASE_CONNECTIONS')));
}

/** Finds connections among those that the function was given, and where these have no room in the pipeline's register. */
export function findDatabaseConnections(): DatabaseConnections {
  const given = databaseConnections();
  const path = environmentIfSet('DATABASE_CONNECTIONS_PATH');
  const registered = path === undefined ? undefined : databaseRegister(path);
  return async (database) => (Object.hasOwn(given, database) ? given[database] : registered?.(database));
}
