import { Aws } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { grouped } from '../../lambdas/core/grouped.ts';
import type { Policy } from '../../lambdas/core/policy.ts';
import type { HealingFunction } from './healing-function.ts';
import { type Scope, scopeOf, serviceOf, tagConditionKey } from './remedy-scope.ts';
import { acknowledgeWildcard } from './security-acknowledgements.ts';

/** Resources, with what else bounds an action on them. */
interface Bounded extends Scope {
  /** A further condition of IAM: operator, key, value. Unused where there is a tag. */
  readonly condition?: Readonly<Record<string, Readonly<Record<string, string>>>> | undefined;
  /** Why a wildcard in the ARNs is as narrow as AWS allows. Needed where they have one and no tag bounds it. */
  readonly reason?: string | undefined;
}

/** ARNs, or values of a tag, of one statement: a managed policy of 6,144 characters certainly holds them. */
const MOST_PARTS = 20;

/** A statement that may still get further parts. */
interface RoomyStatement {
  readonly statement: PolicyStatement;
  parts: number;
  readonly values: string[];
}

/** What a function's role may do on the targets of policies and on what policies name. What was granted is not granted again. */
export class TargetRights {
  readonly #healing: HealingFunction;
  readonly #granted = new Set<string>();
  readonly #statements = new Map<string, RoomyStatement>();

  constructor(healing: HealingFunction) {
    this.#healing = healing;
  }

  /** @param user who uses the actions, as a refusal at synth names it */
  onTargets(policy: Policy, actions: readonly string[], user: string): void {
    for (const [service, named] of grouped(actions, serviceOf))
      this.on({ ...scopeOf(service, policy, user), reason: 'Only Auto Scaling knows the id before the name.' }, named);
  }

  on({ resources, tag, condition, reason }: Bounded, actions: readonly string[]): void {
    const key = JSON.stringify([resources, tag, actions]);
    if (resources.length === 0 || actions.length === 0 || this.#granted.has(key)) return;
    this.#granted.add(key);
    const why = tag ? 'They change by themselves; the condition on their tag bounds it.' : reason;
    if (why) for (const resource of resources) acknowledgeWildcard(this.#healing.role, resource, why);
    for (const [service, named] of grouped(actions, serviceOf)) {
      if (tag) this.#allowTagged(named, resources, { key: tagConditionKey(service, tag.key), value: tag.value });
      else this.#allow(named, resources, condition);
    }
  }

  /** Statements of the same actions are one, up to what a managed policy holds, so that a role needs few policies for many targets. */
  #allow(actions: readonly string[], resources: readonly string[], conditions: Bounded['condition']): void {
    const key = JSON.stringify([actions, conditions]);
    const known = this.#statements.get(key);
    if (known && known.parts + resources.length <= MOST_PARTS) {
      known.statement.addResources(...resources);
      known.parts += resources.length;
      return;
    }
    const statement = new PolicyStatement({ actions: [...actions], resources: [...resources], ...(conditions && { conditions }) });
    this.#statements.set(key, { statement, parts: resources.length, values: [] });
    this.#healing.role.addToPrincipalPolicy(statement);
  }

  #allowTagged(actions: readonly string[], resources: readonly string[], tag: { readonly key: string; readonly value: string }): void {
    const key = JSON.stringify([actions, resources, tag.key]);
    const known = this.#statements.get(key);
    if (known && known.parts < MOST_PARTS) {
      known.values.push(tag.value);
      known.parts += 1;
      known.statement.addCondition('StringEquals', { [tag.key]: known.values });
      return;
    }
    const conditions = { StringEquals: { [tag.key]: tag.value } };
    const statement = new PolicyStatement({ actions: [...actions], resources: [...resources], conditions });
    this.#statements.set(key, { statement, parts: resources.length + 1, values: [tag.value] });
    this.#healing.role.addToPrincipalPolicy(statement);
  }
}

/** An ARN of a remedy or diagnostic, which know nothing of stacks, as one of this stack. */
export function inStack(resource: string): string {
  return resource.replace('{partition}', Aws.PARTITION).replace('{region}', Aws.REGION).replace('{account}', Aws.ACCOUNT_ID);
}
