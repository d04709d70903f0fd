import { CfnResource, type IResolvable, Lazy, Reference, Token, Tokenization } from 'aws-cdk-lib';
import { type Alongside, type Group, groupKey, type Policy } from '../lambdas/core/policy.ts';
import { targetInWords, targetKey } from '../lambdas/core/target.ts';

/**
 * For each policy the other groups of its pipeline that may have the same machines. They are known only when all policies are, so
 * they are put in when the template is written.
 */
export class OverlappingGroups {
  readonly #policies: Policy[] = [];

  /** The policy with the groups beside its own. */
  add(policy: Policy): Policy {
    this.#policies.push(policy);
    const late: IResolvable = Lazy.any({ produce: () => alongsideOf(policy, this.#policies) }, { omitEmptyArray: true });
    // A list that is known late has the place of one that is known.
    return { ...policy, alongside: late as unknown as NonNullable<Policy['alongside']> };
  }

  has(group: Group): boolean {
    return this.#policies.some((policy) => groupKey(policy.group) === groupKey(group));
  }

  /** Every group that policies of the pipeline protect, once. */
  get groups(): readonly Group[] {
    return [...new Map(this.#policies.map(({ group }) => [groupKey(group), group])).values()];
  }

  /** The policies as they will be deployed. */
  get policies(): readonly Policy[] {
    return this.#policies.map((policy) => ({ ...policy, alongside: [...alongsideOf(policy, this.#policies)] }));
  }
}

/** The groups beside the policy's own that may have its machines, each with the strictest limits of its policies. */
function alongsideOf(policy: Policy, policies: readonly Policy[]): readonly Alongside[] {
  const own = machinesOf(policy);
  if (!own) return [];
  const found = new Map<string, Alongside>();
  for (const { group, guardrails } of policies) {
    const key = groupKey(group);
    // A single machine is alone in its group, and its lease is enough.
    if (key === groupKey(policy.group) || group.kind === 'single' || !mayOverlap(own, group)) continue;
    found.set(key, stricter(found.get(key), { group, blastRadius: guardrails.blastRadius, healthyFloor: guardrails.healthyFloor }));
  }
  return [...found.values()];
}

/** What the policy acts on as a group of machines; undefined where it acts on something else. */
function machinesOf({ group, targets }: Policy): Group | undefined {
  const target = targets.kind === 'fixed' ? targets.target : undefined;
  if (target?.kind === 'instance') return { kind: 'single', target };
  return target || group.kind === 'single' ? undefined : group;
}

/** Whether a machine may be in both. A value that is known only at deployment may be any, but two resources of the app are two. */
function mayOverlap(one: Group, other: Group): boolean {
  if (one.kind === 'tagged' && other.kind === 'tagged') return one.key !== other.key || mayBeSame(one.value, other.value);
  if (one.kind === 'auto-scaling-group' && other.kind === 'auto-scaling-group') return mayBeSame(one.name, other.name);
  const [ids, others] = [idsOf(one), idsOf(other)];
  return !ids || !others || ids.some((id) => others.some((another) => mayBeSame(id, another)));
}

function mayBeSame(one: string, other: string): boolean {
  if (one === other) return true;
  const [made, another] = [madeIn(one), madeIn(other)];
  if (made && another) return made === another;
  return Token.isUnresolved(one) || Token.isUnresolved(other);
}

/** Types of resources to which a `Ref` is a name or an id that no other resource has. */
const namedByRef: readonly string[] = ['AWS::AutoScaling::AutoScalingGroup', 'AWS::EC2::Instance'];

/** The group or instance of the app that a value refers to; undefined for what may be anything, such as a parameter. */
function madeIn(value: string): CfnResource | undefined {
  const { firstToken, length } = Tokenization.reverseString(value);
  if (length !== 1 || !Reference.isReference(firstToken) || firstToken.displayName !== 'Ref') return undefined;
  const { target } = firstToken;
  return CfnResource.isCfnResource(target) && namedByRef.includes(target.cfnResourceType) ? target : undefined;
}

function idsOf(group: Group): readonly string[] | undefined {
  if (group.kind === 'instances') return group.ids;
  return group.kind === 'single' && group.target.kind === 'instance' ? [group.target.id] : undefined;
}

function stricter(known: Alongside | undefined, more: Alongside): Alongside {
  if (!known) return more;
  const [one, other] = [known.blastRadius, more.blastRadius];
  return {
    group: known.group,
    blastRadius: {
      percent: Math.min(one.percent, other.percent),
      members: Math.min(one.members, other.members),
      zonePercent: Math.min(one.zonePercent, other.zonePercent),
    },
    healthyFloor: { percent: Math.max(known.healthyFloor.percent, more.healthyFloor.percent) },
  };
}

/** What two groups both name, in words; undefined where they name nothing in common. That their members may overlap is no matter here. */
export function sameSelection(one: Group, other: Group): string | undefined {
  if (one.kind === 'tagged' && other.kind === 'tagged')
    return one.key === other.key && one.value === other.value ? `the tag ${one.key} = ${one.value}` : undefined;
  if (one.kind === 'auto-scaling-group' && other.kind === 'auto-scaling-group')
    return one.name === other.name ? `the Auto Scaling group ${one.name}` : undefined;
  if (one.kind === 'single' && other.kind === 'single' && targetKey(one.target) === targetKey(other.target))
    return targetInWords(one.target);
  const shared = idsOf(one)?.find((id) => idsOf(other)?.includes(id));
  return shared && `instance ${shared}`;
}
