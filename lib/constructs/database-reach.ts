import { ArnFormat, Lazy, Stack } from 'aws-cdk-lib';
import { Connections, type ISecurityGroup, Port } from 'aws-cdk-lib/aws-ec2';
import type { IConstruct } from 'constructs';
import { connectionName, type DatabaseConnection } from '../../lambdas/core/database-connection.ts';
import type { Target } from '../../lambdas/core/target.ts';
import { connectionOf, type DatabaseAccess, portOf } from '../database-access.ts';
import { writtenOut } from '../same-value.ts';
import { secretArnOf } from '../secret-arn.ts';
import { connectionsByName, longestConnection } from './connections-by-name.ts';
import type { DatabaseNetwork } from './database-network.ts';
import type { DatabaseRegister } from './database-register.ts';
import type { HealingFunction } from './healing-function.ts';

/**
 * Lets a function log in to one database, and opens the database's security group for the groups of the function from which it is reached,
 * where that is known. Where it is not, only the function's own group is opened, outwards and on the one port.
 */
export function reachDatabase(healing: HealingFunction, network: DatabaseNetwork, access: DatabaseAccess): void {
  const { function: fn, role, rights } = healing;
  const { login, securityGroup, functionSecurityGroups } = access;
  if (login.secret) rights.on({ resources: [secretArnOf(login.secret)] }, ['secretsmanager:GetSecretValue']);
  else rights.on({ resources: [userArn(Stack.of(fn), login)] }, ['rds-db:connect']);
  login.secret?.encryptionKey?.grantDecrypt(role);
  const port = Port.tcp(portOf(access));
  const groups = network.join(healing, access);
  const ofDatabase = securityGroup?.connections.securityGroups ?? [];
  if (ofDatabase.length > 0) openOnce(groups, ofDatabase, port);
  else if (!functionSecurityGroups) new Connections({ securityGroups: [...groups] }).connections.allowToAnyIpv4(port, 'the database');
}

/** What is open already, of all that is deployed as one. */
const opened = new WeakMap<Stack, Set<string>>();

/**
 * Opens each group for each function's group. Databases often share a group that is imported for each of them: the CDK takes these for different
 * ones and would write the same rule for each, of which EC2 refuses the second.
 */
function openOnce(from: readonly ISecurityGroup[], to: readonly ISecurityGroup[], port: Port): void {
  for (const one of from)
    for (const other of to) {
      const stack = outermost(Stack.of(other));
      const known = opened.get(stack) ?? new Set();
      opened.set(stack, known);
      const rule = `${writtenOut(other, [one.securityGroupId, other.securityGroupId])} ${port}`;
      if (known.has(rule)) continue;
      known.add(rule);
      new Connections({ securityGroups: [one] }).connections.allowTo(other, port, 'the self-healing pipeline');
    }
}

function outermost(stack: Stack): Stack {
  return stack.nestedStackParent ? outermost(stack.nestedStackParent) : stack;
}

/** Of a function's variables, which take 4 KB together; the rest of the databases stand in the pipeline's register. */
const ROOM_IN_VARIABLES = 2_500;

/** The databases that one function speaks to. */
export class ReachedDatabases {
  readonly #connections = new Map<string, DatabaseConnection>();
  readonly #reached = new Set<string>();
  readonly #register: DatabaseRegister;
  #room = ROOM_IN_VARIABLES;

  constructor(register: DatabaseRegister) {
    this.#register = register;
  }

  /** The variable by which the function is told the connections; they may be added until the template is written. */
  variable(scope: IConstruct): string {
    return Lazy.string({ produce: () => connectionsByName(scope, this.#connections) });
  }

  /** Lets the function log in to the target, once. Targets that are no databases are left alone. */
  reach(healing: HealingFunction, network: DatabaseNetwork, target: Target, access: DatabaseAccess): void {
    if (target.kind !== 'database' && target.kind !== 'database-cluster') return;
    const name = connectionName(target);
    if (this.#reached.has(name)) return;
    this.#reached.add(name);
    const connection = connectionOf(access, target.id);
    const length = longestConnection(name, connection);
    if (length <= this.#room) {
      this.#connections.set(name, connection);
      this.#room -= length;
    } else this.#register.tell(healing, name, connection);
    reachDatabase(healing, network, access);
  }
}

function userArn(stack: Stack, { iamUser, resourceId }: { readonly iamUser: string; readonly resourceId: string }): string {
  return stack.formatArn({
    service: 'rds-db',
    resource: 'dbuser',
    resourceName: `${resourceId}/${iamUser}`,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
}
