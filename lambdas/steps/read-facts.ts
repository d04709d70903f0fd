import type { TargetFacts } from '../core/guardrails/guardrail.ts';
import type { Group } from '../core/policy.ts';
import type { Instance, Instances, RemedyPorts } from '../core/ports.ts';
import type { Target } from '../core/target.ts';

export interface FactPorts extends Pick<RemedyPorts, 'groups' | 'databases' | 'clusters'> {
  readonly instances: Instances;
}

/** Reads what the guardrails must know of the target and of the group that shares its blast radius. */
export async function readFacts(target: Target, group: Group, ports: FactPorts): Promise<TargetFacts> {
  switch (target.kind) {
    case 'database': {
      const database = await ports.databases.describe(target.id);
      return database ? alone(database.tags) : absent;
    }
    case 'database-cluster': {
      const cluster = await ports.clusters.describe(target.id);
      return cluster ? alone(cluster.tags) : absent;
    }
    case 'auto-scaling-group': {
      const found = await ports.groups.describe(target.name);
      return found ? alone(found.tags) : absent;
    }
    case 'instance':
      return instanceFacts(target.id, group, ports);
  }
}

async function instanceFacts(id: string, group: Group, ports: FactPorts): Promise<TargetFacts> {
  const [[instance], members] = await Promise.all([ports.instances.describe([id]), memberIds(group, ports)]);
  if (!instance) return absent;
  return {
    presence: isAlive(instance) ? 'present' : 'leaving',
    tags: instance.tags,
    inGroup: members.includes(id),
    groupSize: members.length,
  };
}

async function memberIds(group: Group, { instances, groups }: FactPorts): Promise<readonly string[]> {
  switch (group.kind) {
    case 'tagged':
      return (await instances.tagged(group.key, group.value)).map(({ id }) => id);
    case 'instances':
      return (await instances.describe(group.ids)).filter(isAlive).map(({ id }) => id);
    case 'auto-scaling-group':
      return ((await groups.describe(group.name))?.members ?? [])
        .filter(({ lifecycle }) => !lifecycle.startsWith('Terminat'))
        .map(({ id }) => id);
    case 'single':
      return group.target.kind === 'instance' ? [group.target.id] : [];
  }
}

function isAlive({ state }: Instance): boolean {
  return state === 'running' || state === 'pending';
}

/** A target that is its own group. */
function alone(tags: TargetFacts['tags']): TargetFacts {
  return { presence: 'present', tags, inGroup: true, groupSize: 1 };
}

const absent: TargetFacts = { presence: 'absent', tags: {}, inGroup: false, groupSize: 0 };
