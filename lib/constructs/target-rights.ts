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

/** What a function's role may do on the targets of policies and on what policies name. What was granted is not granted again. */
export class TargetRights {
  readonly #healing: HealingFunction;
  readonly #granted = new Set<string>();

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
      const conditions = tag ? { StringEquals: { [tagConditionKey(service, tag.key)]: tag.value } } : condition;
      this.#healing.role.addToPrincipalPolicy(
        new PolicyStatement({ actions: [...named], resources: [...resources], ...(conditions && { conditions }) }),
      );
    }
  }
}

/** An ARN of a remedy or diagnostic, which know nothing of stacks, as one of this stack. */
export function inStack(resource: string): string {
  return resource.replace('{partition}', Aws.PARTITION).replace('{region}', Aws.REGION).replace('{account}', Aws.ACCOUNT_ID);
}
