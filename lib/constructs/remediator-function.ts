import { Construct } from 'constructs';
import type { Policy } from '../../lambdas/core/policy.ts';
import type { Permission, Remediator } from '../../lambdas/remediators/remediator.ts';
import type { DatabaseAccess } from '../database-access.ts';
import { CommandDocument, documentArn } from './command-document.ts';
import { DatabaseNetwork } from './database-network.ts';
import { ReachedDatabases } from './database-reach.ts';
import type { DatabaseRegister } from './database-register.ts';
import { HealingFunction, type HealingFunctionProps } from './healing-function.ts';
import { inStack } from './target-rights.ts';

export interface RemediatorFunctionProps {
  readonly pipeline: string;
  readonly remediator: Remediator;
  /** What of the remedy the function does. @default remediate */
  readonly step?: 'remediate' | 'give-back';
  readonly environment: HealingFunctionProps['environment'];
  /** Where connections stand for which a variable has no room. */
  readonly databases: DatabaseRegister;
  /** The first database to which the function speaks. @default - it speaks to none */
  readonly beside?: DatabaseAccess;
}

/** One remedy's function for a step: a role made from the permissions that it declares for it, and its Command document if it has one. */
export class RemediatorFunction extends Construct {
  readonly healing: HealingFunction;
  /** Where the function stands that speaks to databases. */
  readonly network: DatabaseNetwork | undefined;
  readonly #databases: ReachedDatabases;
  readonly #props: RemediatorFunctionProps;

  constructor(scope: Construct, id: string, props: RemediatorFunctionProps) {
    super(scope, id);
    this.#props = props;
    const { pipeline, remediator, step = 'remediate', environment, databases, beside } = props;
    this.#databases = new ReachedDatabases(databases);
    const network = beside && new DatabaseNetwork(this, beside);
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
        ...(network && { DATABASE_CONNECTIONS: this.#databases.variable(this) }),
      },
      ...(network && { options: network.options }),
    });
    if (document && step === 'remediate') new CommandDocument(this, 'Command', { documentName, script: name, description: document });
    const all = this.#permissions();
    this.healing.allowUnscoped(actionsOn(all, 'any'));
    this.healing.rights.on({ resources: [documentArn(documentName)] }, actionsOn(all, 'document'));
  }

  /** Lets the remedy act on the targets of a policy, and on no others. */
  grantTargets(policy: Policy, access?: DatabaseAccess): void {
    const { targets } = policy;
    if (this.network && access && targets.kind === 'fixed') this.#databases.reach(this.healing, this.network, targets.target, access);
    this.#grantNamed(policy);
    const { name } = this.#props.remediator;
    const kind = policy.targets.kind === 'fixed' ? policy.targets.target.kind : 'instance';
    const own = policy.ladder.filter(({ remedy }) => remedy === name);
    const actions = actionsOn(
      this.#permissions().filter((permission) => (!('kind' in permission) || permission.kind === kind) && isNeeded(permission, own)),
      'targets',
    );
    this.healing.rights.onTargets(policy, actions, name);
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
        const tag = permission.tag?.(params as never);
        const { condition, reason } = permission;
        const resources = permission.resources(params as never).map(inStack);
        this.healing.rights.on({ resources, ...(tag && { tag }), condition, reason }, permission.actions);
      }
    }
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
