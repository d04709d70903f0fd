import type { AgentConfiguration, AgentSection } from './agent-configuration.ts';

/** One series that the CloudWatch agent stores. A dimension without a known value has one that the machine decides. */
export interface StoredSeries {
  readonly section: string;
  readonly metric: string;
  readonly dimensions: Readonly<Record<string, string | undefined>>;
}

/** Dimensions that a plug-in puts on its series by itself. What is not here is not known, so that nothing can be said of its series. */
const pluginDimensions: Readonly<Record<string, readonly string[]>> = {
  cpu: ['cpu'],
  disk: ['device', 'fstype', 'path'],
  diskio: ['name'],
  mem: [],
  net: ['interface'],
  netstat: [],
  procstat: ['exe', 'pid_finder'],
  processes: [],
  swap: [],
};

/** What `resources` chooses by, where a section has it. */
const resourceDimension: Readonly<Record<string, string>> = { disk: 'path', diskio: 'name', net: 'interface' };

/** How a process is found; the first that a section has is also a dimension. */
export const processFinders = ['exe', 'pattern', 'pid_file'] as const;

/** A performance object of Windows begins with a capital letter. */
export const isWindows = (section: string): boolean => /^[A-Z]/.test(section);

/** Whether it is known which series the section stores. */
export function isKnownSection(section: string): boolean {
  return isWindows(section) || Object.hasOwn(pluginDimensions, section);
}

/**
 * The series that an agent with this configuration stores, of one value for each dimension that only the machine knows. Sections that
 * are not known are left out; see `isKnownSection`.
 */
export function storedSeries({ metrics }: AgentConfiguration): readonly StoredSeries[] {
  const appended = Object.fromEntries(Object.entries(metrics.append_dimensions ?? { host: '' }).map(([name]) => [name, undefined]));
  const groups = metrics.aggregation_dimensions ?? [];
  const all = Object.entries(metrics.metrics_collected)
    .filter(([section]) => isKnownSection(section))
    .flatMap(([section, given]) =>
      [given].flat().flatMap((entry) => ofEntry(section, entry as AgentSection, appended).flatMap((original) => kept(original, groups))),
    );
  return [...new Map(all.map((series) => [keyOf(series), series])).values()];
}

/** A series before roll-up. */
interface Original {
  readonly series: StoredSeries;
  readonly isDropped: boolean;
}

function ofEntry(section: string, entry: AgentSection, appended: StoredSeries['dimensions']): readonly Original[] {
  const own = (entry.append_dimensions ?? {}) as Readonly<Record<string, string>>;
  const dropped = section === 'procstat' ? [] : texts(entry.drop_original_metrics);
  return measurements(section, entry).flatMap(({ short, metric }) =>
    ownDimensions(section, entry).map((dimensions) => ({
      series: { section, metric, dimensions: { ...appended, ...dimensions, ...own } },
      isDropped: dropped.some((name) => name === '*' || name === short || name === metric),
    })),
  );
}

/** The original and its roll-ups. The agent skips a roll-up with no fewer dimensions than the original, or with one that it lacks. */
function kept({ series, isDropped }: Original, groups: readonly (readonly string[])[]): readonly StoredSeries[] {
  const count = Object.keys(series.dimensions).length;
  const fitting = groups
    .map((group) => [...new Set(group)])
    .filter((group) => group.length < count && group.every((name) => Object.hasOwn(series.dimensions, name)));
  const rolledUp = fitting.map((group) => ({
    ...series,
    dimensions: Object.fromEntries(group.map((name) => [name, series.dimensions[name]])),
  }));
  return isDropped ? rolledUp : [series, ...rolledUp];
}

function ownDimensions(section: string, entry: AgentSection): readonly StoredSeries['dimensions'][] {
  if (section === 'procstat') {
    const finder = processFinders.find((name) => typeof entry[name] === 'string');
    return finder ? [{ [finder === 'pid_file' ? 'pidfile' : finder]: String(entry[finder]), pid_finder: undefined }] : [];
  }
  const resources = texts(entry.resources);
  if (section === 'cpu') {
    const total = entry.totalcpu === false ? [] : [{ cpu: 'cpu-total' }];
    return resources.length > 0 ? [...total, { cpu: undefined }] : total;
  }
  if (isWindows(section)) {
    const object = { objectname: section };
    return resources.length > 0 ? resources.map((instance) => ({ ...object, instance: known(instance) })) : [object];
  }
  const names = (pluginDimensions[section] ?? []).filter((name) => !(name === 'device' && entry.drop_device === true));
  const base = Object.fromEntries(names.map((name) => [name, undefined]));
  const chooser = resourceDimension[section];
  if (chooser === undefined) return [base];
  return (resources.length > 0 ? resources : ['*']).map((resource) => ({ ...base, [chooser]: known(resource) }));
}

const known = (resource: string) => (resource === '*' ? undefined : resource);

function measurements(section: string, entry: AgentSection): readonly { readonly short: string; readonly metric: string }[] {
  const given = Array.isArray(entry.measurement) ? (entry.measurement as unknown[]) : [];
  return given.map((one) => {
    const { name, rename } = typeof one === 'string' ? { name: one } : (one as { readonly name: string; readonly rename?: string });
    return { short: name, metric: rename ?? metricName(section, name) };
  });
}

/** `used_percent` of `mem` is `mem_used_percent`; a counter of Windows stands after its object. */
function metricName(section: string, name: string): string {
  if (isWindows(section)) return name.startsWith(section) ? name : `${section} ${name}`;
  if (name.startsWith(`${section}_`)) return name;
  // The agent counts processes in a table of its own.
  return section === 'procstat' && name === 'pid_count' ? 'procstat_lookup_pid_count' : `${section}_${name}`;
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}

/** The same for two series that CloudWatch would store as one. */
export function keyOf({ metric, dimensions }: StoredSeries): string {
  const sorted = Object.entries(dimensions).toSorted(([one], [other]) => (one < other ? -1 : 1));
  return JSON.stringify([metric, sorted.map(([name, value]) => [name, value ?? null])]);
}
