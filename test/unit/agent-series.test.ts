import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type AgentCollection, type AgentConfiguration, agentConfiguration } from '../../lib/agent-configuration.ts';
import { storedSeries } from '../../lib/agent-series.ts';

const own = { pipeline: 'healing', protection: 'Web', shards: 1 };
const everything: readonly AgentCollection[] = [
  { section: 'cpu', measurement: 'usage_active' },
  { section: 'mem', measurement: 'used_percent' },
  { section: 'disk', measurement: 'used_percent', path: '/' },
  { section: 'procstat', measurement: 'pid_count', exe: 'nginx' },
];

/** Names and dimensions of what is stored, in order. */
function stored(configuration: AgentConfiguration): readonly string[] {
  return storedSeries(configuration)
    .map(({ metric, dimensions }) => `${metric} ${Object.keys(dimensions).toSorted().join()}`)
    .toSorted();
}

function collecting(metrics_collected: AgentConfiguration['metrics']['metrics_collected'], more: object = {}): AgentConfiguration {
  return { metrics: { append_dimensions: { InstanceId: `$\{aws:InstanceId}` }, ...more, metrics_collected } };
}

describe('the series that an agent stores', () => {
  it('with the generated configuration are one for each symptom, and of procstat the original, which cannot be dropped', () => {
    expect(stored(agentConfiguration(everything, own))).toEqual([
      'cpu_usage_active InstanceId,SelfHealing,cpu',
      'disk_used_percent InstanceId,SelfHealing,path',
      'mem_used_percent InstanceId,SelfHealing',
      'procstat_lookup_pid_count InstanceId,SelfHealing,exe',
      'procstat_lookup_pid_count InstanceId,SelfHealing,exe,pid_finder',
    ]);
  });

  it('without the CPU are four', () => {
    expect(storedSeries(agentConfiguration(everything.slice(1), own))).toHaveLength(4);
  });

  it('carry the own dimension with its value', () => {
    for (const { dimensions } of storedSeries(agentConfiguration(everything, { ...own, shards: 3 })))
      expect(dimensions.SelfHealing).toBe('healing/Web/@SHARD@-of-3');
  });

  it('of memory are none where the original is dropped, since a roll-up with as many dimensions is skipped', () => {
    const section = { measurement: ['used_percent'], append_dimensions: { SelfHealing: 'x' }, drop_original_metrics: ['used_percent'] };
    expect(stored(collecting({ mem: section }, { aggregation_dimensions: [['InstanceId', 'SelfHealing']] }))).toEqual([]);
    expect(stored(collecting({ mem: section }, { aggregation_dimensions: [['InstanceId']] }))).toEqual(['mem_used_percent InstanceId']);
  });

  it('are not rolled up by a dimension that they do not have', () => {
    expect(stored(collecting({ mem: { measurement: ['used_percent'] } }, { aggregation_dimensions: [['path']] }))).toEqual([
      'mem_used_percent InstanceId',
    ]);
  });

  it('with the configuration of the docs are, of one instance outside a group, those that were counted with the agent itself, and the CPU', () => {
    const docs = JSON.parse(readFileSync(`${import.meta.dirname}/../../docs/cloudwatch-agent.json`, 'utf8')) as AgentConfiguration;
    const { AutoScalingGroupName: _, ...append } = docs.metrics.append_dimensions ?? {};
    const { cpu: __, ...others } = docs.metrics.metrics_collected;
    // An instance outside of a group gets no AutoScalingGroupName.
    const single = (metrics_collected: AgentConfiguration['metrics']['metrics_collected']): AgentConfiguration => ({
      metrics: { ...docs.metrics, append_dimensions: append, metrics_collected },
    });
    expect(storedSeries(single(others))).toHaveLength(10);
    expect(storedSeries({ metrics: { ...docs.metrics, metrics_collected: others } })).toHaveLength(17);
    expect(stored(single(docs.metrics.metrics_collected))).toContain('cpu_usage_active InstanceId');
  });

  it.each<[string, AgentConfiguration['metrics']['metrics_collected'], readonly string[]]>([
    ['a whole disk section', { disk: { measurement: ['used_percent'] } }, ['disk_used_percent InstanceId,device,fstype,path']],
    ['a renamed measurement', { mem: { measurement: [{ name: 'mem_used_percent', rename: 'Used' }] } }, ['Used InstanceId']],
    [
      'a processor and each of its cores',
      { cpu: { measurement: ['usage_idle'], totalcpu: true, resources: ['*'] } },
      ['cpu_usage_idle InstanceId,cpu', 'cpu_usage_idle InstanceId,cpu'],
    ],
    [
      'an object of Windows',
      { Memory: { measurement: ['% Committed Bytes In Use'] } },
      ['Memory % Committed Bytes In Use InstanceId,objectname'],
    ],
    ['a section that is not known', { gpu: { measurement: ['x'] } }, []],
  ])('are known of %s', (_, sections, expected) => {
    expect(stored(collecting(sections))).toEqual(expected);
  });

  it('have the name of the machine without appended dimensions', () => {
    expect(stored({ metrics: { metrics_collected: { mem: { measurement: ['used_percent'] } } } })).toEqual(['mem_used_percent host']);
  });
});
