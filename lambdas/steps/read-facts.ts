import type { GroupFacts, TargetFacts } from '../core/guardrails/guardrail.ts';
import type { Group, Policy } from '../core/policy.ts';
import type { Instance, Instances, LoadBalancers, RemedyPorts } from '../core/ports.ts';
import { GROUP_TAG } from '../core/selection.ts';
import { type Target, targetKey } from '../core/target.ts';
import { unhealthyOf } from '../core/target-health.ts';
import { memberNamed } from '../remediators/group-membership.ts';

export interface FactPorts extends Pick<RemedyPorts, 'groups' | 'databases' | 'clusters'> {
  readonly instances: Instances;
  readonly loadBalancers: LoadBalancers;
}

/** Reads what the guardrails must know of the target and of the group that shares its blast radius. */
export async function readFacts(target: Target, policy: Policy, ports: FactPorts): Promise<TargetFacts> {
  switch (target.kind) {
    case 'database': {
      const database = await ports.databases.describe(target.id);
      if (!database) return absent;
      const { tags, cluster } = database;
      return { ...alone(tags), ...(cluster !== undefined && { container: { kind: 'database-cluster', id: cluster } }) };
    }
    case 'database-cluster': {
      const cluster = await ports.clusters.describe(target.id);
      return cluster ? { ...alone(cluster.tags), contains: cluster.members.map(({ id }) => id) } : absent;
    }
    case 'auto-scaling-group': {
      const found = await ports.groups.describe(target.name);
      return found ? { ...alone(found.tags), contains: found.members.map(({ id }) => id) } : absent;
    }
    case 'instance':
      return instanceFacts(target.id, policy, ports);
  }
}

async function instanceFacts(id: string, { group, targets }: Policy, ports: FactPorts): Promise<TargetFacts> {
  const { groups } = ports;
  const [[instance], members, ill] = await Promise.all([
    ports.instances.describe([id]),
    membersOf(group, ports.instances, groups),
    unhealthyTargets(targets, ports),
  ]);
  if (!instance) return absent;
  const lifecycle = await lifecycleOf(instance, groups);
  const container = instance.tags[GROUP_TAG];
  return {
    presence: isAlive(instance) ? 'present' : 'leaving',
    tags: instance.tags,
    inGroup: members.some((member) => member.id === id),
    ...(lifecycle !== undefined && { lifecycle }),
    ...groupFacts(id, instance.zone, members, ill),
    members: members.map((member) => member.id),
    ...(container !== undefined && { container: { kind: 'auto-scaling-group', name: container } }),
    ...(ill.length > 0 && { ill }),
  };
}

/** A group as it is for one of its members; those that a load balancer finds unhealthy serve nothing, whatever the group says. */
export function groupFacts(id: string, knownZone: string | undefined, members: readonly Member[], ill: readonly string[]): GroupFacts {
  const healthy = members.filter((member) => member.healthy && !ill.includes(member.id)).map((member) => member.id);
  const zone = members.find((member) => member.id === id)?.zone ?? knownZone;
  return {
    groupSize: members.length,
    ...(zone !== undefined && { zone }),
    zoneSize: members.filter((member) => member.zone === zone).length,
    healthy: healthy.includes(id),
    healthyOthers: healthy.filter((other) => other !== id).map((other) => targetKey({ kind: 'instance', id: other })),
  };
}

type Groups = Pick<FactPorts['groups'], 'describe'>;

/**
 * Where the Auto Scaling group of the instance has it; undefined where it is in none. The members that AWS lists are without those
 * of a warm pool, which wait stopped or running for their turn.
 */
async function lifecycleOf(instance: Instance, groups: Groups): Promise<string | undefined> {
  const { group, member } = await memberNamed(instance, groups);
  return group && (member?.lifecycle ?? 'its warm pool, or not at all: it is not among its members');
}

/** What the load balancer finds unhealthy, of a policy about its targets. */
async function unhealthyTargets(targets: Policy['targets'], { loadBalancers }: FactPorts): Promise<readonly string[]> {
  return targets.kind === 'unhealthy-targets' ? unhealthyOf(await loadBalancers.targetHealth(targets.targetGroupArn)) : [];
}

/** A member of the group as the guardrails count it. */
export interface Member {
  readonly id: string;
  readonly zone?: string;
  readonly healthy: boolean;
}

export async function membersOf(
  group: Group,
  instances: Pick<Instances, 'describe' | 'tagged'>,
  groups: Groups,
): Promise<readonly Member[]> {
  switch (group.kind) {
    case 'tagged':
      return (await instances.tagged(group.key, group.value)).map(running);
    case 'instances':
      return (await instances.describe(group.ids)).filter(isAlive).map(running);
    case 'auto-scaling-group':
      return ((await groups.describe(group.name))?.members ?? [])
        .filter(({ lifecycle }) => !lifecycle.startsWith('Terminat'))
        .map(({ id, lifecycle, healthy, zone }) => ({ id, healthy: healthy && lifecycle === 'InService', ...(zone && { zone }) }));
    case 'single':
      return group.target.kind === 'instance' ? [{ id: group.target.id, healthy: true }] : [];
  }
}

/** Of an instance in no Auto Scaling group nothing more is known than that it runs. */
function running({ id, state, zone }: Instance): Member {
  return { id, healthy: state === 'running', ...(zone && { zone }) };
}

function isAlive({ state }: Instance): boolean {
  return state === 'running' || state === 'pending';
}

/** A target that is its own group. */
function alone(tags: TargetFacts['tags']): TargetFacts {
  return { presence: 'present', tags, inGroup: true, groupSize: 1, zoneSize: 1, healthy: true, healthyOthers: [] };
}

const absent: TargetFacts = {
  presence: 'absent',
  tags: {},
  inGroup: false,
  groupSize: 0,
  zoneSize: 0,
  healthy: false,
  healthyOthers: [],
};
