import { Stack } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import type { DatabaseConnection } from '../../lambdas/core/database-connection.ts';
import { longestOf } from '../policy-length.ts';

/**
 * Connections by their names as JSON. A name may be known only at deployment, and the CDK takes no such name as the key
 * of an object; RDS's identifiers need no escape in JSON.
 */
export function connectionsByName(scope: IConstruct, connections: ReadonlyMap<string, DatabaseConnection>): string {
  const members = [...connections].map(([name, connection]) => `"${name}":${Stack.of(scope).toJsonString(connection)}`);
  return `{${members.join(',')}}`;
}

/** Characters that a connection takes with its name at most, whatever the names turn out to be that are known only at deployment. */
export function longestConnection(name: string, connection: DatabaseConnection): number {
  return longestOf({ [name]: connection });
}
