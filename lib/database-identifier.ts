import { Token } from 'aws-cdk-lib';
import type { IDatabaseCluster, IDatabaseInstance } from 'aws-cdk-lib/aws-rds';
import { databaseIdSchema } from '../lambdas/core/target.ts';
import { checked } from './policy-error.ts';

/**
 * The identifier of an RDS instance as RDS keeps it: in lower case, however it was written.
 *
 * @throws PolicyError for one that RDS does not allow
 */
export function instanceIdentifierOf(instance: IDatabaseInstance | string): string {
  return kept(typeof instance === 'string' ? instance : instance.instanceIdentifier);
}

/**
 * The identifier of an RDS cluster as RDS keeps it: in lower case, however it was written.
 *
 * @throws PolicyError for one that RDS does not allow
 */
export function clusterIdentifierOf(cluster: IDatabaseCluster | string): string {
  return kept(typeof cluster === 'string' ? cluster : cluster.clusterIdentifier);
}

/** One that is known only at deployment comes from RDS; what is written into a database of the app, the CDK writes in lower case. */
function kept(identifier: string): string {
  if (Token.isUnresolved(identifier)) return identifier;
  return checked(databaseIdSchema, identifier, `of the database ${JSON.stringify(identifier)}`, 'identifier').toLowerCase();
}
