import type { AgentConfiguration, AgentSection } from './agent-configuration.ts';
import { isKnownSection, keyOf, processFinders, type StoredSeries, storedSeries } from './agent-series.ts';

type Json = Readonly<Record<string, unknown>>;

/** Sections whose parts the agent merges one by one. All else must be deeply equal in both files, or be in one of them only. */
const opened = new Set([
  ...['/agent', '/csm', '/logs', '/logs/logs_collected', '/logs/logs_collected/files', '/logs/logs_collected/windows_events'],
  ...['/logs/metrics_collected', '/metrics', '/metrics/metrics_collected', '/traces', '/traces/traces_collected'],
  ...['/opentelemetry', '/opentelemetry/collect'],
]);

/** Lists that the agent joins. */
const joined = new Set([
  '/metrics/metrics_collected/procstat',
  '/logs/logs_collected/files/collect_list',
  '/logs/logs_collected/windows_events/collect_list',
  '/agent/usage_metadata',
]);

/** May be one or a list of several in each file. */
const oneOrSeveral = /\/(?:jmx|otlp)$/;

/**
 * The settings for which the CloudWatch agent refuses to append a configuration to one that is there, by the rules of its own merge:
 * as paths, in order. Empty where it takes both.
 */
export function mergeConflicts(there: Json, appended: Json, path = ''): readonly string[] {
  return Object.entries(appended)
    .flatMap(([key, value]) => {
      const here = `${path}/${key}`;
      const other = there[key];
      if (other === undefined || oneOrSeveral.test(here)) return [];
      if (opened.has(here)) return mergeConflicts(other as Json, value as Json, here);
      if (joined.has(here)) return collisions(other, value).map((name) => `${here}/${name}`);
      return canonical(other) === canonical(value) ? [] : [here];
    })
    .toSorted();
}

function collisions(there: unknown, appended: unknown): readonly string[] {
  // Two entries for the same process collide.
  const nameOf = (entry: AgentSection) => processFinders.map((finder) => entry[finder]).find((name) => typeof name === 'string');
  const names = new Map((there as AgentSection[]).map((entry) => [nameOf(entry), canonical(entry)]));
  return (appended as AgentSection[]).flatMap((entry) => {
    const name = nameOf(entry);
    const known = name === undefined ? undefined : names.get(name);
    return known === undefined || known === canonical(entry) ? [] : [String(name)];
  });
}

/** The same text for two values that are deeply equal. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).toSorted(([one], [other]) => (one < other ? -1 : 1)))
      : part,
  );
}

export interface MergedConfiguration {
  readonly configuration: AgentConfiguration;
  /** Series of the team's that would not be stored any more. */
  readonly lost: readonly string[];
  /** What the pipeline's alarms read and would not find. */
  readonly missing: readonly string[];
  /** Sections of which it is not known which series they store; the merge leaves them as they are. */
  readonly unknown: readonly string[];
}

/**
 * One configuration in the place of the team's and the pipeline's. Sections of both get the pipeline's dimension; since that would
 * change the team's series, each is rolled up to the dimensions that it had.
 */
export function mergedConfiguration(team: AgentConfiguration, own: AgentConfiguration): MergedConfiguration {
  const [before, wanted] = [storedSeries(team), neededSeries(own)];
  const shared = new Set(Object.keys(own.metrics.metrics_collected));
  const kept = before.filter(({ section }) => shared.has(section)).map(({ dimensions }) => Object.keys(dimensions));
  const groups = [...(team.metrics.aggregation_dimensions ?? []), ...kept, ...wanted.map(({ dimensions }) => Object.keys(dimensions))];
  const sections = Object.entries(own.metrics.metrics_collected).map(([name, section]) => {
    const there = team.metrics.metrics_collected[name];
    return [name, there === undefined ? section : mergedSection(there, section)] as const;
  });
  const configuration: AgentConfiguration = {
    ...team,
    metrics: {
      ...team.metrics,
      namespace: team.metrics.namespace ?? 'CWAgent',
      append_dimensions: { ...team.metrics.append_dimensions, ...own.metrics.append_dimensions },
      aggregation_dimensions: [...new Map(groups.map((group) => [group.toSorted().join(), [...group]])).values()],
      metrics_collected: { ...team.metrics.metrics_collected, ...Object.fromEntries(sections) },
    },
  };
  const stored = storedSeries(configuration);
  const after = new Set(stored.map(keyOf));
  const isOwnNamespace = configuration.metrics.namespace === 'CWAgent';
  return {
    configuration,
    lost: before.filter((series) => !after.has(keyOf(series))).map(wordsOf),
    missing: wanted.filter((series) => !isOwnNamespace || !stored.some((one) => covers(one, series))).map(wordsOf),
    unknown: Object.keys(team.metrics.metrics_collected).filter((section) => !isKnownSection(section)),
  };
}

/** What the alarms read: of a metric that is rolled up, the roll-up. */
export function neededSeries(configuration: AgentConfiguration): readonly StoredSeries[] {
  const all = storedSeries(configuration);
  const isRollUpOf = (one: StoredSeries, other: StoredSeries) =>
    one !== other &&
    one.metric === other.metric &&
    Object.entries(one.dimensions).every(([name, value]) => Object.hasOwn(other.dimensions, name) && other.dimensions[name] === value);
  return all.filter((series) => !all.some((other) => isRollUpOf(other, series)));
}

/** Whether a series is another one, or many of which one is. */
function covers(many: StoredSeries, one: StoredSeries): boolean {
  const names = Object.keys(many.dimensions);
  return (
    many.metric === one.metric &&
    names.length === Object.keys(one.dimensions).length &&
    names.every((name) => Object.hasOwn(one.dimensions, name) && [undefined, one.dimensions[name]].includes(many.dimensions[name]))
  );
}

type Sections = AgentConfiguration['metrics']['metrics_collected'][string];

function mergedSection(there: Sections, own: Sections): Sections {
  if (Array.isArray(there) && Array.isArray(own)) {
    const found = (entry: AgentSection) => (there as AgentSection[]).find((other) => other.exe !== undefined && other.exe === entry.exe);
    const others = (there as AgentSection[]).filter((entry) => !(own as AgentSection[]).some((one) => one.exe === entry.exe));
    return [...others, ...(own as AgentSection[]).map((entry) => mergedEntry(found(entry), entry))];
  }
  return mergedEntry(there as AgentSection, own as AgentSection);
}

function mergedEntry(there: AgentSection | undefined, own: AgentSection): AgentSection {
  if (!there) return own;
  const { drop_original_metrics: _, drop_device: __, ...added } = own;
  const list = (name: string) => {
    const values = [there[name], own[name]].flatMap((value) => (Array.isArray(value) ? (value as unknown[]) : []));
    return [...new Map(values.map((value) => [shortName(value), value])).values()];
  };
  return {
    ...added,
    ...there,
    ...(own.totalcpu === true && { totalcpu: true }),
    measurement: list('measurement'),
    // Without a list all resources are collected, those of the pipeline among them.
    ...(Array.isArray(there.resources) &&
      Array.isArray(own.resources) && { resources: there.resources.includes('*') ? there.resources : list('resources') }),
    append_dimensions: { ...(there.append_dimensions as object | undefined), ...(own.append_dimensions as object) },
  };
}

/** `mem_used_percent` and `used_percent` mean the same in `mem`. */
function shortName(value: unknown): string {
  const name = typeof value === 'string' ? value : JSON.stringify(value);
  return name.replace(/^(?:cpu|disk|mem)_/, '');
}

function wordsOf({ metric, dimensions }: StoredSeries): string {
  const named = Object.entries(dimensions).map(([name, value]) => (value === undefined ? name : `${name}=${value}`));
  return `${metric} by ${named.toSorted().join(', ')}`;
}
