import { ArnFormat, Stack } from 'aws-cdk-lib';
import { Port } from 'aws-cdk-lib/aws-ec2';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { type DatabaseAccess, portOf } from '../database-access.ts';
import type { HealingFunction, HealingFunctionProps } from './healing-function.ts';

/** The part of a function's options that puts it beside the database. */
export function besideDatabase({ vpc, subnets }: DatabaseAccess): NonNullable<HealingFunctionProps['options']> {
  return { vpc, ...(subnets && { vpcSubnets: subnets }) };
}

/** Lets a function log in to one database, and opens the database's security group for it where that was given. */
export function reachDatabase({ function: fn, role }: HealingFunction, access: DatabaseAccess): void {
  const { login, securityGroup } = access;
  role.addToPrincipalPolicy(
    'secret' in login
      ? new PolicyStatement({ actions: ['secretsmanager:GetSecretValue'], resources: [fullArnOf(login.secret)] })
      : new PolicyStatement({ actions: ['rds-db:connect'], resources: [userArn(Stack.of(fn), login)] }),
  );
  if ('secret' in login) login.secret.encryptionKey?.grantDecrypt(role);
  if (securityGroup) fn.connections.allowTo(securityGroup, Port.tcp(portOf(access)), 'the self-healing pipeline');
}

/** Of a secret that is known by name only, IAM sees the six characters that Secrets Manager put behind the name. */
function fullArnOf({ secretFullArn, secretArn }: ISecret): string {
  return secretFullArn ?? `${secretArn}-??????`;
}

function userArn(stack: Stack, { iamUser, resourceId }: { readonly iamUser: string; readonly resourceId: string }): string {
  return stack.formatArn({
    service: 'rds-db',
    resource: 'dbuser',
    resourceName: `${resourceId}/${iamUser}`,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
}
