import { readFileSync } from 'node:fs';
import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { Fleet } from '../../lib/fleet.ts';
import { HealingPipeline } from '../../lib/healing-pipeline.ts';
import { unbundledApp } from '../support/default-stack.ts';

interface AgentConfiguration {
  readonly metrics: {
    readonly namespace: string;
    readonly append_dimensions: Readonly<Record<string, string>>;
    readonly aggregation_dimensions: readonly (readonly string[])[];
    readonly metrics_collected: {
      readonly disk: { readonly resources: readonly string[] };
      readonly procstat: readonly { readonly exe: string }[];
    };
  };
}

const { metrics } = JSON.parse(readFileSync(`${import.meta.dirname}/../../docs/cloudwatch-agent.json`, 'utf8')) as AgentConfiguration;

interface AlarmProperties {
  readonly Namespace?: string;
  readonly Dimensions?: readonly { readonly Name: string; readonly Value: string }[];
  readonly Metrics?: readonly { readonly Expression: string }[];
}

/** What the alarms of every kind of fleet ask of the agent: the names and the fixed values of their dimensions. */
function asked(): { readonly names: readonly string[]; readonly fixed: string }[] {
  const stack = new Stack(unbundledApp(), 'Fleets');
  const healing = new HealingPipeline(stack, 'Healing');
  const fleets = {
    Tagged: Fleet.tagged('SelfHeal', 'enabled'),
    Group: Fleet.ofAutoScalingGroup('web'),
    Given: Fleet.ofInstances(['i-0123456789abcdef0']),
  };
  for (const [id, fleet] of Object.entries(fleets))
    healing.protectFleet(id, { fleet, service: 'nginx', memory: {}, disk: {}, inodes: {}, serviceDown: {} });
  const alarms = Object.values(Template.fromStack(stack).findResources('AWS::CloudWatch::Alarm')).map(
    ({ Properties }) => Properties as AlarmProperties,
  );
  return alarms.flatMap(({ Namespace, Dimensions = [], Metrics }) => {
    if (Namespace === 'CWAgent')
      return [{ names: Dimensions.map(({ Name }) => Name), fixed: Dimensions.map(({ Name, Value }) => `${Name} = '${Value}'`).join(' ') }];
    const [, dimensions, fixed] = /FROM SCHEMA\("CWAgent", ([^)]+)\)(.*) GROUP BY/.exec(Metrics?.[0]?.Expression ?? '') ?? [];
    return dimensions === undefined ? [] : [{ names: dimensions.split(', '), fixed: fixed ?? '' }];
  });
}

describe('the CloudWatch agent configuration of the docs', () => {
  const queries = asked();

  it('rolls up by every set of dimensions that an alarm asks for, and by no other, since each is paid for', () => {
    expect(queries).toHaveLength(12);
    const key = (names: readonly string[]) => names.toSorted().join();
    expect(metrics.aggregation_dimensions.map(key).toSorted()).toEqual([...new Set(queries.map(({ names }) => key(names)))].toSorted());
  });

  it('names the dimensions in order, as the agent compares a roll-up with the metric itself', () => {
    for (const names of metrics.aggregation_dimensions) expect(names).toEqual(names.toSorted());
  });

  it('appends the dimensions that tell the instance and its group', () => {
    expect(Object.keys(metrics.append_dimensions).toSorted()).toEqual(['AutoScalingGroupName', 'InstanceId']);
    for (const [name, value] of Object.entries(metrics.append_dimensions)) expect(value).toBe(`$\{aws:${name}}`);
  });

  it('has the values that the alarms of the default app look for', () => {
    const values = queries.map(({ fixed }) => fixed).join(' ');
    expect(metrics.namespace).toBe('CWAgent');
    for (const path of metrics.metrics_collected.disk.resources) expect(values).toContain(`path = '${path}'`);
    for (const { exe } of metrics.metrics_collected.procstat) expect(values).toContain(`exe = '${exe}'`);
  });
});
