import { AspectPriority, Aspects, Aws, Stack } from 'aws-cdk-lib';
import { type IRole, ManagedPolicy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { grouped } from '../../lambdas/core/grouped.ts';
import type { Policy } from '../../lambdas/core/policy.ts';
import { deployedText } from './deployed-text.ts';
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

/** What IAM takes of a managed policy, in characters other than white space. */
const MANAGED_POLICY_CHARACTERS = 6_144;

/** What stands around the statements of a policy. */
const AROUND_STATEMENTS = '{"Version":"2012-10-17","Statement":[]}'.length;

/** Parts for which the role's own policy has room: of its 10,240 characters the CDK takes 153 for each ARN, however long it is. */
const PARTS_OF_ROLE = 45;

/** Parts of one statement there: the CDK moves whole statements into managed policies, which hold as many of the longest names. */
const PARTS_OF_STATEMENT = 15;

/** Statements that are alike but for their parts: ARNs, or values of a tag. */
interface Alike {
  readonly parts: string[];
  statement(parts: readonly string[]): PolicyStatement;
}

/**
 * What a function's role may do on the targets of policies and on what policies name. What was granted is not granted again. Of many targets
 * most stand in managed policies, which are filled by the length that their statements will have: the CDK's own would be half empty, and
 * IAM puts ten on a role.
 */
export class TargetRights {
  readonly #healing: HealingFunction;
  readonly #granted = new Set<string>();
  readonly #alike = new Map<string, Alike>();

  constructor(healing: HealingFunction) {
    this.#healing = healing;
    const { role } = healing;
    // Before the CDK divides the role's own policy.
    Aspects.of(role).add({ visit: (node) => node === role && this.#grant() }, { priority: AspectPriority.MUTATING - 1 });
  }

  /** @param user who uses the actions, as a refusal at synth names it */
  onTargets(policy: Policy, actions: readonly string[], user: string): void {
    for (const [service, named] of grouped(actions, serviceOf))
      this.on({ ...scopeOf(service, policy, user), reason: 'Only Auto Scaling knows the id before the name.' }, named);
  }

  on({ resources, tag, condition, reason }: Bounded, actions: readonly string[]): void {
    // The same text is another token each time.
    const key = JSON.stringify([Stack.of(this.#healing).resolve(resources), tag, actions]);
    if (resources.length === 0 || actions.length === 0 || this.#granted.has(key)) return;
    this.#granted.add(key);
    const why = tag ? 'They change by themselves; the condition on their tag bounds it.' : reason;
    if (why) for (const resource of resources) acknowledgeWildcard(this.#healing.role, resource, why);
    for (const [service, named] of grouped(actions, serviceOf)) {
      if (tag) this.#allowTagged(named, resources, { key: tagConditionKey(service, tag.key), value: tag.value });
      else this.#allow(named, resources, condition);
    }
  }

  #allow(actions: readonly string[], resources: readonly string[], conditions: Bounded['condition']): void {
    this.#add([actions, conditions], resources, (some) => {
      return new PolicyStatement({ actions: [...actions], resources: [...some], ...(conditions && { conditions }) });
    });
  }

  #allowTagged(actions: readonly string[], resources: readonly string[], tag: { readonly key: string; readonly value: string }): void {
    this.#add([actions, resources, tag.key], [tag.value], (values) => {
      const conditions = { StringEquals: { [tag.key]: values.length === 1 ? values[0] : values } };
      return new PolicyStatement({ actions: [...actions], resources: [...resources], conditions });
    });
  }

  #add(key: unknown, parts: readonly string[], statement: Alike['statement']): void {
    const text = JSON.stringify(key);
    const alike = this.#alike.get(text) ?? { parts: [], statement };
    alike.parts.push(...parts);
    this.#alike.set(text, alike);
  }

  /** Puts the first parts into the role's own policy, and the others into as few managed policies as hold them. */
  #grant(): void {
    const { role } = this.#healing;
    const managed = new FilledPolicies(role);
    let room = PARTS_OF_ROLE;
    for (const { parts, statement } of this.#alike.values()) {
      const own = parts.slice(0, room);
      room -= own.length;
      for (let from = 0; from < own.length; from += PARTS_OF_STATEMENT)
        role.addToPrincipalPolicy(statement(own.slice(from, from + PARTS_OF_STATEMENT)));
      if (own.length < parts.length) managed.add({ parts: parts.slice(own.length), statement });
    }
    this.#alike.clear();
  }
}

/** Managed policies of a role, each filled before the next is begun. */
class FilledPolicies {
  readonly #role: IRole;
  #policies = 0;
  #last: ManagedPolicy | undefined;
  #room = 0;

  constructor(role: IRole) {
    this.#role = role;
  }

  add({ parts, statement }: Alike): void {
    const around = this.#charactersOf(statement(parts.slice(0, 1)));
    for (let from = 0; from < parts.length; ) {
      if (this.#room < around) this.#begin();
      let to = from + 1;
      let characters = around;
      for (; to < parts.length; to += 1) {
        const more = JSON.stringify(deployedText(Stack.of(this.#role).resolve(parts[to]))).length + 1;
        if (characters + more > this.#room) break;
        characters += more;
      }
      this.#put(statement(parts.slice(from, to)));
      from = to;
    }
  }

  #begin(): void {
    this.#last = undefined;
    this.#room = MANAGED_POLICY_CHARACTERS - AROUND_STATEMENTS;
  }

  #put(statement: PolicyStatement): void {
    this.#room -= this.#charactersOf(statement);
    if (this.#last) {
      this.#last.addStatements(statement);
      return;
    }
    this.#policies += 1;
    const description = `Targets of ${this.#role.node.path}`.slice(0, 1_000);
    this.#last = new ManagedPolicy(this.#role, `Targets${this.#policies}`, { description, statements: [statement], roles: [this.#role] });
  }

  /** What IAM will count of a statement, with the comma behind it. */
  #charactersOf(statement: PolicyStatement): number {
    const json = Stack.of(this.#role).resolve(statement.toStatementJson());
    return JSON.stringify(json, (key, value) => (key === 'Resource' ? [value].flat().map(deployedText) : value)).length + 1;
  }
}

/** An ARN of a remedy or diagnostic, which know nothing of stacks, as one of this stack. */
export function inStack(resource: string): string {
  return resource.replace('{partition}', Aws.PARTITION).replace('{region}', Aws.REGION).replace('{account}', Aws.ACCOUNT_ID);
}
