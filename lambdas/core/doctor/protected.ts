import { type Group, groupKey, type Policy, type ProbeEvidence } from '../policy.ts';
import { targetKey } from '../target.ts';
import type { FoundDatabase } from './readings.ts';

/** The groups of instances that the policies protect, each once. */
export function fleetsOf(policies: readonly Policy[]): readonly Group[] {
  const groups = policies.map(({ group }) => group).filter((group) => group.kind !== 'single' || group.target.kind === 'instance');
  return [...new Map(groups.map((group) => [groupKey(group), group])).values()];
}

/** The databases that the policies protect, each once. */
export function databasesOf(policies: readonly Policy[]): readonly FoundDatabase['target'][] {
  const targets = policies.flatMap(({ targets: selector, group }) => [
    ...(selector.kind === 'fixed' ? [selector.target] : []),
    ...(group.kind === 'single' ? [group.target] : []),
  ]);
  const found = targets.flatMap((target) => (target.kind === 'database' || target.kind === 'database-cluster' ? target : []));
  return [...new Map(found.map((target) => [targetKey(target), target])).values()];
}

/** The probes behind the policies, each once. */
export function probesOf(policies: readonly Policy[]): readonly ProbeEvidence[] {
  const probes = policies.flatMap(({ evidence }) => (evidence?.kind === 'probe' ? evidence : []));
  return [...new Map(probes.map((probe) => [`${probe.dimension}#${probe.name}`, probe])).values()];
}

/** The services that the remedies of a policy restart. */
export function servicesOf({ ladder }: Policy): readonly string[] {
  return ladder.flatMap(({ params }) => (typeof params.service === 'string' ? params.service : []));
}
