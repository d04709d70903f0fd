import type { Fleet } from './fleet.ts';

/** One thing that the CloudWatch agent must collect for a symptom. */
export type AgentCollection =
  | { readonly section: 'mem'; readonly measurement: string }
  /** Windows's performance object of that name. */
  | { readonly section: 'Memory'; readonly measurement: string }
  /** `path` is the mount point. */
  | { readonly section: 'disk'; readonly measurement: string; readonly path: string }
  /** `exe` is the executable by which the process is found. */
  | { readonly section: 'procstat'; readonly measurement: string; readonly exe: string };

/** The dimension that distinguishes several series of one instance in each section. */
const ownDimension = { mem: [], Memory: [], disk: ['path'], procstat: ['exe'] } as const;

/**
 * The CloudWatch agent's configuration for a fleet: what its symptoms need, rolled up to exactly the dimensions that
 * their alarms ask for, since every further series is paid for.
 */
export function agentConfiguration({ members }: Fleet, collections: readonly AgentCollection[]): object {
  const group = members.kind === 'auto-scaling-group' ? ['AutoScalingGroupName'] : [];
  const rollUps = new Set(collections.map(({ section }) => JSON.stringify([...group, 'InstanceId', ...ownDimension[section]])));
  const collected = {
    mem: { measurement: measurements(collections, 'mem') },
    Memory: { measurement: measurements(collections, 'Memory') },
    disk: {
      measurement: measurements(collections, 'disk'),
      resources: unique(collections.flatMap((each) => (each.section === 'disk' ? [each.path] : []))),
    },
    procstat: unique(collections.flatMap((each) => (each.section === 'procstat' ? [each.exe] : []))).map((exe) => ({
      exe,
      measurement: measurements(collections, 'procstat'),
    })),
  };
  const used = new Set(collections.map(({ section }) => section as string));
  return {
    agent: { metrics_collection_interval: 60 },
    metrics: {
      namespace: 'CWAgent',
      append_dimensions: Object.fromEntries([...group, 'InstanceId'].map((name) => [name, `$\{aws:${name}}`])),
      aggregation_dimensions: [...rollUps].map((dimensions) => JSON.parse(dimensions) as string[]),
      metrics_collected: Object.fromEntries(Object.entries(collected).filter(([section]) => used.has(section))),
    },
  };
}

function measurements(collections: readonly AgentCollection[], section: AgentCollection['section']): string[] {
  return unique(collections.flatMap((each) => (each.section === section ? [each.measurement] : [])));
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)];
}
