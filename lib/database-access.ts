import { Token } from 'aws-cdk-lib';
import type { IConnectable, ISecurityGroup, IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import * as z from 'zod';
import { type DatabaseConnection, databaseConnectionSchema, usualDatabases, usualPorts } from '../lambdas/core/database-connection.ts';
import { knownOf, type NamesOf } from './known-names.ts';
import { checked, PolicyError } from './policy-error.ts';

/** How the functions that speak to a database reach it and log in. */
export interface DatabaseAccess {
  /** `mysql` is MariaDB, too. */
  readonly engine: DatabaseConnection['engine'];
  /** The name of the endpoint; its certificate must name it. */
  readonly host: string;
  /** @default - 5432 for PostgreSQL, 3306 for MySQL */
  readonly port?: number;
  /** The database to open. @default - `postgres`, or `information_schema` for MySQL */
  readonly database?: string;
  /**
   * A user of its own with few rights: a secret with JSON `username` and `password`, or a user that logs in by IAM.
   * `releaseSessions` needs `pg_read_all_stats` and `pg_signal_backend` in PostgreSQL, `PROCESS` and `CONNECTION_ADMIN` in MySQL, from 8.0 on
   * with `SELECT` on `performance_schema.data_lock_waits`. The resource id
   * of IAM (`db-ABCDEFGHIJKL01234`, of a cluster `cluster-ABCDEFGHIJKL01234`) is on the configuration page of the database.
   */
  readonly login:
    | { readonly secret: ISecret; readonly iamUser?: never; readonly resourceId?: never }
    | { readonly iamUser: string; readonly resourceId: string; readonly secret?: never };
  /**
   * PEM of the authority that signed the server's certificate. Needed in newer Regions and other partitions, as synth says there.
   * @default - the authorities of Amazon RDS in the other Regions, and of RDS Proxy
   */
  readonly authority?: string;
  /** The network from which the database is reached. */
  readonly vpc: IVpc;
  /**
   * Subnets of the functions. They need a way to the AWS APIs: a NAT gateway, or interface endpoints for Secrets Manager,
   * Systems Manager and CloudWatch Logs and a gateway endpoint for DynamoDB.
   * @default - the private subnets
   */
  readonly subnets?: SubnetSelection;
  /**
   * The database's security group, or the database itself as a construct, to be opened for the functions on the port. Without it
   * somebody must let in the security group of the functions, which is in the stack's outputs.
   * @default - that of the construct given to `Database.instance` or `Database.cluster`; none is changed for a name
   */
  readonly securityGroup?: IConnectable;
  /**
   * Security groups for the functions that speak to the database, such as one that it lets in already.
   * @default - one of their own, which lets nothing in, and out only to the database's port, HTTPS and DNS
   */
  readonly functionSecurityGroups?: readonly ISecurityGroup[];
}

const accessNames: NamesOf<DatabaseAccess> = {
  engine: true,
  host: true,
  port: true,
  database: true,
  login: true,
  authority: true,
  vpc: true,
  subnets: true,
  securityGroup: true,
  functionSecurityGroups: true,
};

const loginNames: NamesOf<DatabaseAccess['login']> = { secret: true, iamUser: true, resourceId: true };

/** In the ARN of the user, which allows the login, these would stand for other users, too. */
const userSchema = z
  .string()
  .regex(/^[^\p{Cc}*?]{1,63}$/u, 'must be 1 to 63 characters without * and ?')
  .refine((user) => !user.includes('${'), 'must have no ${ in it');

/** A member of a cluster lets in by the cluster's id, and whoever connects by RDS Proxy by the proxy's. */
const resourceIdSchemas = {
  database: z.string().regex(/^(?:db|cluster|prx)-[A-Za-z0-9]+$/, 'must be the resource id of the instance, such as db-ABCDEFGHIJKL01234'),
  'database-cluster': z
    .string()
    .regex(/^(?:cluster|prx)-[A-Za-z0-9]+$/, 'must be the resource id of the cluster, such as cluster-ABCDEFGHIJKL01234'),
} as const;

/** Behind a reader endpoint stand others than the writer, which the functions are to see. */
const hostSchema = z.string().regex(/^(?!.*\.cluster-ro-)/i, 'must be the endpoint of the writer, and none of readers');

const groupsSchema = z.array(z.unknown()).min(1, 'must name at least one; leave it out for one of the functions’ own');

/**
 * The access to a database, as far as it can be judged at synth.
 *
 * @throws PolicyError for a property that is not known, or a value that cannot be right
 */
export function knownAccess(access: DatabaseAccess, kind: keyof typeof resourceIdSchemas, id: string): DatabaseAccess {
  const database = nameOf(id);
  const known = knownOf(access, accessNames, database, 'access');
  const { login, host, functionSecurityGroups } = known;
  knownOf(login, loginNames, database, 'access.login');
  checked(hostSchema, host, database, 'access.host');
  if (functionSecurityGroups) checked(groupsSchema, functionSecurityGroups, database, 'access.functionSecurityGroups');
  if (login.secret) return known;
  checked(userSchema, login.iamUser, database, 'access.login.iamUser');
  checked(resourceIdSchemas[kind], login.resourceId, database, 'access.login.resourceId');
  return known;
}

/**
 * The connection that the functions of a database are told.
 *
 * @throws PolicyError for values that cannot be right
 */
export function connectionOf(access: DatabaseAccess, database: string): DatabaseConnection {
  const { engine, host, login, authority } = access;
  const connection = {
    engine,
    host,
    port: portOf(access),
    database: access.database ?? usualDatabases[engine],
    login: login.secret ? { kind: 'secret', arn: login.secret.secretArn } : { kind: 'iam', user: login.iamUser },
    ...(authority !== undefined && { authority }),
  };
  return checked(databaseConnectionSchema, connection, nameOf(database), 'access');
}

const nameOf = (database: string): string => (Token.isUnresolved(database) ? 'of a database' : database);

export function portOf({ engine, port = usualPorts[engine] }: DatabaseAccess): number {
  return port;
}

/**
 * Checks that a remedy which speaks to databases can reach the one of a policy. Its one function stands in one place.
 *
 * @throws PolicyError when there is no access, or when the function stands elsewhere already
 */
export function checkNetwork(
  remedy: string,
  policy: string,
  access: DatabaseAccess | undefined,
  stands: { refuses(access: DatabaseAccess): string | undefined } | undefined,
): asserts access is DatabaseAccess {
  if (!access)
    throw new PolicyError(policy, [
      `${remedy} speaks to the database: use protectDatabase with { engine, host, login, vpc } as the last argument of Database.instance or Database.cluster`,
    ]);
  const refusal = stands?.refuses(access);
  if (refusal !== undefined) throw new PolicyError(policy, [`${remedy} ${refusal}`]);
}
