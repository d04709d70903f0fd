import { OWN_DIMENSION, type OwnSeries, ownValueTemplate } from './own-series.ts';

/** One thing that the CloudWatch agent must collect for a symptom. */
export type AgentCollection =
  | { readonly section: 'cpu' | 'mem'; readonly measurement: string }
  /** Windows's performance object of that name. */
  | { readonly section: 'Memory'; readonly measurement: string }
  /** Windows's performance object of that name; `instance` is the one of its instances that is collected. */
  | { readonly section: 'Processor'; readonly measurement: string; readonly instance: string }
  /** `path` is the mount point. */
  | { readonly section: 'disk'; readonly measurement: string; readonly path: string }
  /** `exe` is the regular expression by which the process is found in the path of its executable. */
  | { readonly section: 'procstat'; readonly measurement: string; readonly exe: string };

type Section = AgentCollection['section'];

/** A part of the agent's configuration, as JSON has it. */
export type AgentSection = Readonly<Record<string, unknown>>;

/** The CloudWatch agent's configuration, as far as its metrics go. */
export interface AgentConfiguration {
  readonly agent?: AgentSection;
  readonly metrics: {
    readonly namespace?: string;
    readonly append_dimensions?: Readonly<Record<string, string>>;
    readonly aggregation_dimensions?: readonly (readonly string[])[];
    readonly metrics_collected: Readonly<Record<string, AgentSection | readonly AgentSection[]>>;
    readonly [other: string]: unknown;
  };
  readonly [other: string]: unknown;
}

/**
 * By what the series of a section are rolled up, beside the instance and the own dimension. A section that is not here keeps its
 * series as they are: the agent skips a roll-up that has no fewer dimensions than the series itself, so that memory, rolled up and
 * then dropped, would not be stored at all. On Windows a performance object adds dimensions of its own, hence the roll-up there.
 */
const rolledUpBy: Readonly<Partial<Record<Section, readonly string[]>>> = { disk: ['path'], procstat: ['exe'], Memory: [], Processor: [] };

/** Alarms look every minute. Said in each section, since a value for the whole agent could contradict one that is there already. */
const EVERY_SECONDS = 60;

/**
 * The CloudWatch agent's configuration for a fleet: what its symptoms need and nothing else, since every series is paid for. Each
 * carries the pipeline's own dimension, so that the alarms read this fleet and no other.
 */
export function agentConfiguration(collections: readonly AgentCollection[], own: OwnSeries): AgentConfiguration {
  const common = { metrics_collection_interval: EVERY_SECONDS, append_dimensions: { [OWN_DIMENSION]: ownValueTemplate(own) } };
  const of = <Name extends Section>(section: Name) =>
    collections.filter((each): each is Extract<AgentCollection, { section: Name }> => each.section === section);
  const measurement = (section: Section) => unique(of(section).map((each) => each.measurement));
  const sections: Readonly<Record<Section, () => AgentSection | readonly AgentSection[]>> = {
    cpu: () => ({ measurement: measurement('cpu'), totalcpu: true, ...common }),
    mem: () => ({ measurement: measurement('mem'), ...common }),
    Memory: () => ({ measurement: measurement('Memory'), ...common }),
    Processor: () => ({
      measurement: measurement('Processor'),
      resources: unique(of('Processor').map(({ instance }) => instance)),
      ...common,
    }),
    disk: () => ({
      measurement: measurement('disk'),
      resources: unique(of('disk').map(({ path }) => path)),
      drop_device: true,
      drop_original_metrics: measurement('disk'),
      ...common,
    }),
    procstat: () => unique(of('procstat').map(({ exe }) => exe)).map((exe) => ({ exe, measurement: measurement('procstat'), ...common })),
  };
  const used = (Object.keys(sections) as Section[]).filter((section) => of(section).length > 0);
  const rollUps = used.flatMap((section) => (rolledUpBy[section] ? [['InstanceId', OWN_DIMENSION, ...rolledUpBy[section]]] : []));
  return {
    metrics: {
      namespace: 'CWAgent',
      append_dimensions: { InstanceId: `$\{aws:InstanceId}` },
      ...(rollUps.length > 0 && { aggregation_dimensions: unique(rollUps.map(String)).map((names) => names.split(',')) }),
      metrics_collected: Object.fromEntries(used.map((section) => [section, sections[section]()])),
    },
  };
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)];
}
