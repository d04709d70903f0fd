import { GetParametersByPathCommand, SSMClient } from '@aws-sdk/client-ssm';
import { type DatabaseConnection, type DatabaseConnections, databaseConnectionsSchema } from '../../core/database-connection.ts';
import { reading } from '../aws-call.ts';

/** The connections in the parameters below a path, read when the first is asked for, and again for one that is not among them. */
export function databaseRegister(Path: string, client = new SSMClient({})): DatabaseConnections {
  let known: Readonly<Record<string, DatabaseConnection>> = {};
  return async (database) => {
    if (!Object.hasOwn(known, database)) known = await readAll(Path, client);
    return Object.hasOwn(known, database) ? known[database] : undefined;
  };
}

async function readAll(Path: string, client: SSMClient): Promise<Readonly<Record<string, DatabaseConnection>>> {
  const found: Record<string, DatabaseConnection> = {};
  let NextToken: string | undefined;
  do {
    const command = new GetParametersByPathCommand({ Path, NextToken });
    const page = await reading('read the register of databases', () => client.send(command));
    for (const { Value = '' } of page.Parameters ?? []) Object.assign(found, databaseConnectionsSchema.parse(JSON.parse(Value)));
    ({ NextToken } = page);
  } while (NextToken);
  return found;
}
