import { Aws, Lazy } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { connectionName, type DatabaseConnection } from '../../lambdas/core/database-connection.ts';
import { grouped } from '../../lambdas/core/grouped.ts';
import type { Policy } from '../../lambdas/core/policy.ts';
import type { Target } from '../../lambdas/core/target.ts';
import type { Permission, Remediator } from '../../lambdas/remediators/remediator.ts';
import { connectionOf, type DatabaseAccess } from '../database-access.ts';
import { CommandDocument } from './command-document.ts';
import { besideDatabase, connectionsByName, reachDatabase } from './database-reach.ts';
import { HealingFunction, type HealingFunctionProps } from './healing-function.ts';
import { type Scope, scopeOf, serviceOf, tagConditionKey } from './remedy-scope.ts';
import { acknowledgeWildcard } from './security-acknowledgements.ts';

export interface RemediatorFunctionProps {
  readonly pipeline: string;
  readonly remediator: Remediator;
  /** What of the remedy the function does. @default remediate */
  readonly step?: 'remediate' | 'give-back';
  readonly environment: HealingFunctionProps['environment'];
  /** In whose network the function stands. @default - in none */
  readonly network?: DatabaseAccess;
}

const BOUND_BY_TAG = 'They change by themselves; the condition on their tag bounds it.';

/** One remedy's function for a step: a role made from the permissions that it declares for it, and its Command document if it has one. */
export class RemediatorFunction extends Construct {
  readonly healing: HealingFunction;
  readonly network: DatabaseAccess | undefined;
  /** The connections that the function is told, by their names. */
  readonly #connections = new Map<string, DatabaseConnection>();
  readonly #props: RemediatorFunctionProps;
  readonly #granted = new Set<string>();

  constructor(scope: Construct, id: string, props: RemediatorFunctionProps) {
    super(scope, id);
    this.#props = props;
    const { pipeline, remediator, step = 'remediate', environment, network } = props;
    this.network = network;
    const { name, document } = remediator;
    const documentName = `${pipeline}-${name}`;
    this.healing = new HealingFunction(this, 'Function', {
      functionName: `${pipeline}-${step}-${name}`,
      description: step === 'remediate' ? `Self-healing: ${name}` : `Self-healing: gives back what ${name} added`,
      handler: network ? 'remediate-at-database' : step,
      remediator: name,
      environment: {
        ...environment,
        DOCUMENT_NAME: documentName,
        ...(network && { DATABASE_CONNECTIONS: Lazy.string({ produce: () => connectionsByName(this, this.#connections) }) }),
      },
      ...(network && { options: besideDatabase(this, network) }),
    });
    if (document && step === 'remediate') new CommandDocument(this, 'Command', { documentName, script: name, description: document });
    const all = this.#permissions();
    this.healing.allowUnscoped(actionsOn(all, 'any'));
    const onDocument = actionsOn(all, 'document');
    if (onDocument.length > 0)
      this.#allow(onDocument, [`arn:${Aws.PARTITION}:ssm:${Aws.REGION}:${Aws.ACCOUNT_ID}:document/${documentName}`]);
  }

  /** Lets the remedy act on the targets of a policy, and on no others. */
  grantTargets(policy: Policy, access?: DatabaseAccess): void {
    if (this.network && access && policy.targets.kind === 'fixed') this.#reach(policy.targets.target, access);
    this.#grantNamed(policy);
    const kind = policy.targets.kind === 'fixed' ? policy.targets.target.kind : 'instance';
    const own = policy.ladder.filter(({ remedy }) => remedy === this.#props.remediator.name);
    const actions = actionsOn(
      this.#permissions().filter((permission) => (!('kind' in permission) || permission.kind === kind) && isNeeded(permission, own)),
      'targets',
    );
    for (const [service, named] of grouped(actions, serviceOf))
      this.#allowOn(scopeOf(service, policy, this.#props.remediator.name), service, named);
  }

  #permissions(): readonly Permission[] {
    const { remediator, step } = this.#props;
    const { observe, execute } = remediator.permissions;
    return [...observe, ...(step === 'give-back' ? (remediator.giveBack?.permissions ?? []) : execute)];
  }

  /** Allows what the parameters of the policy's rungs name. */
  #grantNamed({ ladder }: Policy): void {
    for (const permission of this.#permissions()) {
      if (permission.on !== 'named') continue;
      for (const { params } of ladder.filter(({ remedy }) => remedy === this.#props.remediator.name)) {
        const resources = permission.resources(params as never).map(inStack);
        if (resources.length === 0) continue;
        const tag = permission.tag?.(params as never);
        const key = JSON.stringify([resources, permission.actions, tag]);
        if (this.#granted.has(key)) continue;
        this.#granted.add(key);
        const reason = tag ? BOUND_BY_TAG : permission.reason;
        if (reason) for (const resource of resources) acknowledgeWildcard(this.healing.role, resource, reason);
        for (const [service, actions] of grouped(permission.actions, serviceOf))
          this.#allow(
            actions,
            resources,
            tag ? { StringEquals: { [tagConditionKey(service, tag.key)]: tag.value } } : permission.condition,
          );
      }
    }
  }

  #reach(target: Target, access: DatabaseAccess): void {
    if (target.kind !== 'database' && target.kind !== 'database-cluster') return;
    const name = connectionName(target);
    if (this.#connections.has(name)) return;
    this.#connections.set(name, connectionOf(access, target.id));
    reachDatabase(this.healing, access);
  }

  #allowOn({ resources, tag }: Scope, service: string, actions: readonly string[]): void {
    const key = JSON.stringify([resources, tag, actions]);
    if (this.#granted.has(key)) return;
    this.#granted.add(key);
    const reason = tag ? BOUND_BY_TAG : 'Only Auto Scaling knows the id before the name.';
    for (const resource of resources) acknowledgeWildcard(this.healing.role, resource, reason);
    this.#allow(actions, resources, tag && { StringEquals: { [tagConditionKey(service, tag.key)]: tag.value } });
  }

  #allow(
    actions: readonly string[],
    resources: readonly string[],
    conditions?: Readonly<Record<string, Readonly<Record<string, string>>>>,
  ): void {
    this.healing.role.addToPrincipalPolicy(
      new PolicyStatement({ actions: [...actions], resources: [...resources], ...(conditions && { conditions }) }),
    );
  }
}

function actionsOn(permissions: readonly Permission[], on: Permission['on']): readonly string[] {
  return [...new Set(permissions.filter((permission) => permission.on === on).flatMap(({ actions }) => actions))];
}

/** Whether one of the rungs needs what is permitted. */
function isNeeded(permission: Permission, rungs: Policy['ladder']): boolean {
  if (permission.on === 'named') return true;
  const { when } = permission;
  return when === undefined || rungs.some(({ params }) => when(params as never));
}

/** An ARN of a remediator, which knows nothing of stacks, as one of this stack. */
function inStack(resource: string): string {
  return resource.replace('{partition}', Aws.PARTITION).replace('{region}', Aws.REGION).replace('{account}', Aws.ACCOUNT_ID);
}
