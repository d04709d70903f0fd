import { isContainer } from '../core/claim.ts';
import type { OtherGroup, Snapshot, TargetFacts } from '../core/guardrails/guardrail.ts';
import { type Alongside, groupKey, type Policy } from '../core/policy.ts';
import type { Claims, Pipelines } from '../core/ports.ts';
import { needsMembers, protectorBefore } from '../core/published-selections.ts';
import { type Belonging, GROUP_TAG, isOf } from '../core/selection.ts';
import type { Target } from '../core/target.ts';
import { type FactPorts, groupFacts, membersOf } from './read-facts.ts';

export interface SurroundingPorts extends FactPorts {
  readonly claims: Claims;
  readonly pipelines: Pipelines;
}

export type Surroundings = Pick<Snapshot, 'alongside' | 'container' | 'members' | 'protector'>;

/** Reads what else an act on the target would touch: other groups that have it, what contains it, what it contains, and other pipelines. */
export async function readSurroundings(target: Target, policy: Policy, facts: TargetFacts, ports: SurroundingPorts): Promise<Surroundings> {
  const { container } = facts;
  const [alongside, lease, members, { own, published }] = await Promise.all([
    readOtherGroups(target, policy, facts, ports),
    container && ports.claims.lease(container),
    isContainer(target) ? ports.claims.members(target) : undefined,
    ports.pipelines.published(),
  ]);
  const machines = needsMembers(own, published, target) ? await ports.instances.describe(facts.contains ?? []) : [];
  const protector = protectorBefore(own, published, target, facts, machines);
  return {
    ...(alongside.length > 0 && { alongside }),
    ...(container && { container: { target: container, ...(lease && { lease }) } }),
    ...(members && { members }),
    ...(protector !== undefined && { protector }),
  };
}

/** The other groups that have the instance, by what the instance says of itself. */
async function readOtherGroups(
  target: Target,
  policy: Policy,
  { tags, zone, ill = [] }: TargetFacts,
  { claims, instances, groups }: SurroundingPorts,
): Promise<readonly OtherGroup[]> {
  if (target.kind !== 'instance') return [];
  const { id } = target;
  return Promise.all(
    touchedBy(policy, { id, tags }).map(async (each) => {
      const [members, slots] = await Promise.all([membersOf(each.group, instances, groups), claims.slots(groupKey(each.group))]);
      return { ...each, facts: groupFacts(id, zone, members, ill), slots };
    }),
  );
}

/** Those of the pipeline's other groups that have the instance; and its Auto Scaling group, whether or not the pipeline protects it. */
function touchedBy({ group, guardrails, alongside = [] }: Policy, instance: Belonging): readonly Alongside[] {
  const touched = alongside.filter((other) => isOf(other.group, instance));
  const name = instance.tags[GROUP_TAG];
  const isKnown = [group, ...touched.map((other) => other.group)].some(
    (known) => known.kind === 'auto-scaling-group' && known.name === name,
  );
  if (name === undefined || isKnown) return touched;
  const { blastRadius, healthyFloor } = guardrails;
  return [...touched, { group: { kind: 'auto-scaling-group', name }, blastRadius, healthyFloor }];
}
