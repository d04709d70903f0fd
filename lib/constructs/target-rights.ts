import { AspectPriority, Aspects, Aws, Reference, Stack, Tokenization } from 'aws-cdk-lib';
import { type IRole, ManagedPolicy, Policy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IConstruct } from 'constructs';
import { grouped } from '../../lambdas/core/grouped.ts';
import type { Policy as HealingPolicy } from '../../lambdas/core/policy.ts';
import { iamDescription } from '../description.ts';
import { deployedCharacters, deployedText, REFERENCE_CHARACTERS } from './deployed-text.ts';
import { type Scope, scopeOf, serviceOf, tagConditionKey } from './remedy-scope.ts';
import { acknowledgeWildcard } from './security-acknowledgements.ts';

/** Resources, with what else bounds an action on them. */
interface Bounded extends Scope {
  /** A further condition of IAM: operator, key, value. Unused where there is a tag. */
  readonly condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>> | undefined;
  /** Why a wildcard in the ARNs is as narrow as AWS allows. Needed where they have one and no tag bounds it. */
  readonly reason?: string | undefined;
}

/** What IAM takes of a managed policy, in characters other than white space. */
const MANAGED_POLICY_CHARACTERS = 6_144;

/** What stands around the statements of a policy. */
const AROUND_STATEMENTS = '{"Version":"2012-10-17","Statement":[]}'.length;

/** What stands around several values and not around one. */
const AROUND_LIST = '[]'.length;

/** What the CDK leaves in a role's own policy by its estimate, of which whole statements else go elsewhere; a little less. IAM takes 10,240. */
const OWN_POLICY_CHARACTERS = 9_900;

/** Parts of one statement there: were it moved all the same, a managed policy would hold as many of the longest names. */
const PARTS_OF_STATEMENT = 15;

/**
 * Has the CDK, which divides among policies what a role may do, count a reference as it is counted here. Its own guess of 150 needs more
 * policies than IAM attaches.
 */
export function estimateReferences(scope: IConstruct): void {
  scope.node.setContext('@aws-cdk/aws-iam.arnSizeEstimate', REFERENCE_CHARACTERS);
}

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
  readonly #role: IRole;
  readonly #granted = new Set<string>();
  readonly #alike = new Map<string, Alike>();

  constructor(role: IRole) {
    this.#role = role;
    // Before the CDK divides the role's own policy.
    Aspects.of(role).add({ visit: (node) => node === role && this.#grant() }, { priority: AspectPriority.MUTATING - 1 });
  }

  /** @param user who uses the actions, as a refusal at synth names it */
  onTargets(policy: HealingPolicy, actions: readonly string[], user: string): void {
    for (const [service, named] of grouped(actions, serviceOf))
      this.on({ ...scopeOf(service, policy, user), reason: 'Only Auto Scaling knows the id before the name.' }, named);
  }

  on({ resources, tag, condition, reason }: Bounded, actions: readonly string[]): void {
    // The same text is another token each time, and two stacks may have one logical id.
    const key = JSON.stringify([Stack.of(this.#role).resolve(resources), resources.flatMap(referredTo), tag, actions]);
    if (resources.length === 0 || actions.length === 0 || this.#granted.has(key)) return;
    this.#granted.add(key);
    const why = tag ? 'They change by themselves; the condition on their tag bounds it.' : reason;
    if (why) for (const resource of resources) acknowledgeWildcard(this.#role, resource, why);
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

  /** Puts parts into the role's own policy while it has room, and the others into as few managed policies as hold them. */
  #grant(): void {
    if (this.#alike.size === 0) return;
    const role = this.#role;
    const managed = new FilledPolicies(role);
    let room = OWN_POLICY_CHARACTERS - ownCharacters(role);
    for (const { parts, statement } of this.#alike.values()) {
      let rest = parts;
      while (rest.length > 0) {
        const own = Math.min(fitting(role, { parts: rest, statement }, room, REFERENCE_CHARACTERS), PARTS_OF_STATEMENT);
        if (own === 0) break;
        const put = statement(rest.slice(0, own));
        room -= charactersOf(resolved(role, put), REFERENCE_CHARACTERS);
        role.addToPrincipalPolicy(put);
        rest = rest.slice(own);
      }
      managed.add({ parts: rest, statement });
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
    for (let rest = parts; rest.length > 0; ) {
      let own = fitting(this.#role, { parts: rest, statement }, this.#room);
      if (own === 0) {
        this.#begin();
        // What alone is too long is refused with the policy that it makes too long.
        own = fitting(this.#role, { parts: rest, statement }, this.#room) || 1;
      }
      this.#put(statement(rest.slice(0, own)));
      rest = rest.slice(own);
    }
  }

  #begin(): void {
    this.#last = undefined;
    this.#room = MANAGED_POLICY_CHARACTERS - AROUND_STATEMENTS;
  }

  #put(statement: PolicyStatement): void {
    this.#room -= charactersOf(resolved(this.#role, statement));
    if (this.#last) {
      this.#last.addStatements(statement);
      return;
    }
    this.#policies += 1;
    const description = iamDescription(`Targets of ${this.#role.node.path}`);
    this.#last = new ManagedPolicy(this.#role, `Targets${this.#policies}`, { description, statements: [statement], roles: [this.#role] });
  }
}

/** How many of the parts, from the first on, one statement may have that is put where there is so much room. */
function fitting(role: IRole, { parts: [first = '', ...more], statement }: Alike, room: number, reference = 0): number {
  let characters = charactersOf(resolved(role, statement([first])), reference) + AROUND_LIST;
  if (characters > room) return 0;
  const further = more.findIndex((part) => {
    const value = Stack.of(role).resolve(part);
    characters += JSON.stringify(shown(value, reference)).length + 1;
    return characters > room;
  });
  return 1 + (further < 0 ? more.length : further);
}

/** What the role's own policy has already, each statement once, as the CDK merges them. */
function ownCharacters(role: IRole): number {
  const policy = role.node.tryFindChild('DefaultPolicy');
  const statements: StatementJson[] = policy instanceof Policy ? (Stack.of(role).resolve(policy.document.toJSON())?.Statement ?? []) : [];
  const once = new Map(statements.map((statement) => [JSON.stringify(statement), statement]));
  return [...once.values()].reduce((sum, statement) => sum + charactersOf(statement, REFERENCE_CHARACTERS), AROUND_STATEMENTS);
}

/** Paths of what a text refers to. */
function referredTo(text: string): readonly string[] {
  return Tokenization.reverseString(text).tokens.flatMap((token) => (Reference.isReference(token) ? [token.target.node.path] : []));
}

interface StatementJson {
  readonly Action?: unknown;
  readonly Resource?: unknown;
}

function resolved(role: IRole, statement: PolicyStatement): StatementJson {
  return Stack.of(role).resolve(statement.toStatementJson());
}

/**
 * What will be counted of a statement, with the comma behind it.
 *
 * @param reference characters that a value at least takes that is not known yet: the CDK's estimate, where the CDK is to leave it
 */
function charactersOf({ Action, Resource, ...rest }: StatementJson, reference = 0): number {
  const lists = [Action, Resource].map((values) => [values].flat().map((value) => shown(value, reference)));
  return deployedCharacters({ ...rest, Action: lists[0], Resource: lists[1] }) + 1;
}

function shown(value: unknown, reference: number): string {
  return deployedText(value).padEnd(typeof value === 'string' ? 0 : reference, 'x');
}

/** An ARN of a remedy or diagnostic, which know nothing of stacks, as one of this stack. */
export function inStack(resource: string): string {
  return resource.replace('{partition}', Aws.PARTITION).replace('{region}', Aws.REGION).replace('{account}', Aws.ACCOUNT_ID);
}
