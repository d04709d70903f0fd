import { Annotations, CfnResource, Reference, Token, Tokenization } from 'aws-cdk-lib';
import type { IDatabaseCluster, IDatabaseInstance } from 'aws-cdk-lib/aws-rds';
import type { IConstruct } from 'constructs';
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

/** One that is known only at deployment is as it comes; what is written into a database of the app, the CDK writes in lower case. */
function kept(identifier: string): string {
  if (Token.isUnresolved(identifier)) return identifier;
  return checked(databaseIdSchema, identifier, `of the database ${JSON.stringify(identifier)}`, 'identifier').toLowerCase();
}

/**
 * Warns of an identifier that is known only at deployment and may have capitals, since it comes from no resource of RDS: alarms would find no
 * series under it, and nothing in a template writes a text in lower case.
 */
export function warnOfCapitals(scope: IConstruct, policy: string, identifier: string): void {
  if (!Token.isUnresolved(identifier) || Tokenization.reverseString(identifier).tokens.every(isOfDatabase)) return;
  Annotations.of(scope).addWarningV2(
    `self-healing:database-identifier-${policy}`,
    `${policy}: the identifier of its database is known only at deployment. Give it in lower case, as RDS keeps it: with a capital in it the alarms see nothing`,
  );
}

const isOfDatabase = (token: unknown): boolean =>
  Reference.isReference(token) && CfnResource.isCfnResource(token.target) && token.target.cfnResourceType.startsWith('AWS::RDS::');
