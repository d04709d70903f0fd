import { describe, expect, it } from 'vitest';
import { type AgentCollection, type AgentConfiguration, agentConfiguration } from '../../lib/agent-configuration.ts';
import { mergeConflicts, mergedConfiguration } from '../../lib/agent-merge.ts';
import { keyOf, storedSeries } from '../../lib/agent-series.ts';

const own = { pipeline: 'healing', protection: 'Web', shards: 1 };
const collections: readonly AgentCollection[] = [
  { section: 'cpu', measurement: 'usage_active' },
  { section: 'mem', measurement: 'used_percent' },
  { section: 'disk', measurement: 'used_percent', path: '/' },
  { section: 'procstat', measurement: 'pid_count', exe: 'nginx' },
];
const ours = agentConfiguration(collections, own);

/** As the agent's wizard asks for it, on its standard level. */
const standard: AgentConfiguration = {
  agent: { metrics_collection_interval: 60, run_as_user: 'root' },
  metrics: {
    aggregation_dimensions: [['InstanceId']],
    append_dimensions: {
      AutoScalingGroupName: `$\{aws:AutoScalingGroupName}`,
      ImageId: `$\{aws:ImageId}`,
      InstanceId: `$\{aws:InstanceId}`,
      InstanceType: `$\{aws:InstanceType}`,
    },
    metrics_collected: {
      cpu: { measurement: ['cpu_usage_idle', 'cpu_usage_iowait'], metrics_collection_interval: 60, totalcpu: false, resources: ['*'] },
      disk: { measurement: ['used_percent', 'inodes_free'], metrics_collection_interval: 60, resources: ['*'] },
      diskio: { measurement: ['io_time'], metrics_collection_interval: 60, resources: ['*'] },
      mem: { measurement: ['mem_used_percent'], metrics_collection_interval: 60 },
      swap: { measurement: ['swap_used_percent'], metrics_collection_interval: 60 },
    },
  },
};
const basic: AgentConfiguration = {
  metrics: {
    append_dimensions: { InstanceId: `$\{aws:InstanceId}` },
    aggregation_dimensions: [['InstanceId']],
    metrics_collected: { mem: { measurement: ['mem_used_percent'] }, disk: { measurement: ['used_percent'], resources: ['*'] } },
  },
};

const collecting = (metrics: object): AgentConfiguration => ({ metrics: { metrics_collected: {}, ...metrics } }) as AgentConfiguration;

describe("the agent's merge", () => {
  it.each<[string, AgentConfiguration, readonly string[]]>([
    [
      "refuses the wizard's standard configuration for what differs",
      standard,
      [
        '/metrics/aggregation_dimensions',
        '/metrics/append_dimensions',
        '/metrics/metrics_collected/cpu',
        '/metrics/metrics_collected/disk',
        '/metrics/metrics_collected/mem',
      ],
    ],
    [
      "refuses the wizard's basic one, though both append the same dimensions",
      basic,
      ['/metrics/aggregation_dimensions', '/metrics/metrics_collected/disk', '/metrics/metrics_collected/mem'],
    ],
    ['takes the same configuration twice', ours, []],
    ['refuses another namespace', collecting({ namespace: 'Shop' }), ['/metrics/namespace']],
    [
      'takes another interval for the whole agent, since ours is said in each section',
      { ...collecting({}), agent: { metrics_collection_interval: 10 } },
      [],
    ],
    ['takes other sections', collecting({ metrics_collected: { swap: { measurement: ['used_percent'] } } }), []],
    ['takes logs', { ...collecting({}), logs: { logs_collected: {} } }, []],
    ['joins other processes', collecting({ metrics_collected: { procstat: [{ exe: 'cron', measurement: ['pid_count'] }] } }), []],
    [
      'refuses a second entry for a process that is watched already',
      collecting({ metrics_collected: { procstat: [{ exe: 'nginx', measurement: ['cpu_usage'] }] } }),
      ['/metrics/metrics_collected/procstat/nginx'],
    ],
    [
      'compares by content, whatever the order of the keys',
      collecting({
        append_dimensions: ours.metrics.append_dimensions,
        metrics_collected: { mem: Object.fromEntries(Object.entries(ours.metrics.metrics_collected.mem ?? {}).toReversed()) },
      }),
      [],
    ],
    [
      'refuses two of the pipeline for their dimension',
      agentConfiguration([{ section: 'mem', measurement: 'used_percent' }], { ...own, protection: 'Shop' }),
      ['/metrics/metrics_collected/mem'],
    ],
  ])('%s', (_, there, expected) => {
    expect(mergeConflicts(there, ours)).toEqual(expected);
  });
});

describe('a merged configuration', () => {
  it.each<[string, AgentConfiguration]>([
    ["the wizard's standard one", standard],
    ["the wizard's basic one", basic],
    [
      'one without roll-ups',
      { metrics: { append_dimensions: basic.metrics.append_dimensions ?? {}, metrics_collected: standard.metrics.metrics_collected } },
    ],
    [
      'one with processes',
      {
        metrics: {
          ...basic.metrics,
          metrics_collected: {
            procstat: [
              { exe: 'nginx', measurement: ['cpu_usage'] },
              { exe: 'cron', measurement: ['pid_count'] },
            ],
          },
        },
      },
    ],
  ])('of %s keeps every series of the team and sends every one of the pipeline', (_, team) => {
    const { configuration, lost, missing } = mergedConfiguration(team, ours);
    expect({ lost, missing }).toEqual({ lost: [], missing: [] });
    const stored = new Set(storedSeries(configuration).map(keyOf));
    for (const series of storedSeries(team)) expect(stored).toContain(keyOf(series));
  });

  it('names the series that change, where the team appended no instance', () => {
    const { lost } = mergedConfiguration(collecting({ metrics_collected: { mem: { measurement: ['used_percent'] } } }), ours);
    expect(lost).toEqual(['mem_used_percent by host']);
  });

  it('names what the alarms would not find, where the team has a namespace of its own', () => {
    expect(mergedConfiguration(collecting({ namespace: 'Shop' }), ours).missing).toHaveLength(4);
  });

  it('names the sections of which nothing is known', () => {
    expect(mergedConfiguration(collecting({ metrics_collected: { statsd: {} } }), ours).unknown).toEqual(['statsd']);
  });
});
