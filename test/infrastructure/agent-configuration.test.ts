import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import type { AgentConfiguration } from '../../lib/agent-configuration.ts';
import { storedSeries } from '../../lib/agent-series.ts';
import { Fleet } from '../../lib/fleet.ts';
import { HealingPipeline } from '../../lib/healing-pipeline.ts';
import { shardOf } from '../../lib/own-series.ts';
import type { FleetProtection } from '../../lib/protection.ts';
import { fleetSymptoms } from '../../lib/symptoms/registry.ts';
import { unbundledApp } from '../support/default-stack.ts';
import { policyIn, resources } from '../support/template.ts';

const docs = JSON.parse(readFileSync(`${import.meta.dirname}/../../docs/cloudwatch-agent.json`, 'utf8')) as AgentConfiguration;

/** What an alarm asks CloudWatch for. */
interface Asked {
  readonly alarm: string;
  readonly metric: string;
  /** Names of all dimensions, in order. */
  readonly names: readonly string[];
  /** Values that dimensions must have. */
  readonly fixed: Readonly<Record<string, string>>;
}

const fleets = {
  Tagged: Fleet.tagged('SelfHeal', 'enabled'),
  Group: Fleet.ofAutoScalingGroup('web'),
  Given: Fleet.ofInstances(['i-0123456789abcdef0']),
};

/** Every symptom that needs the agent, on Linux and, where it knows that, on Windows. */
const linux = { service: 'nginx', cpu: {}, memory: {}, disk: {}, inodes: {}, serviceDown: {} };
const windows = { cpu: { platform: 'windows' }, memory: { platform: 'windows' } } as const;

function protecting(fleet: Fleet, symptoms: Omit<FleetProtection, 'fleet'>): { readonly stack: Stack; readonly template: Template } {
  const stack = new Stack(unbundledApp(), 'Fleets');
  new HealingPipeline(stack, 'Healing').protectFleet('Web', { fleet, ...symptoms });
  return { stack, template: Template.fromStack(stack) };
}

/** What the alarms read of the agent. */
function asked(template: Template): readonly Asked[] {
  return [...resources('AWS::CloudWatch::Alarm', template).values()].flatMap(({ Properties }): readonly Asked[] => {
    const { AlarmName: alarm, Namespace, MetricName, Dimensions = [], Metrics } = Properties;
    if (Namespace === 'CWAgent') {
      const fixed = Object.fromEntries((Dimensions as { Name: string; Value: string }[]).map(({ Name, Value }) => [Name, Value]));
      return [{ alarm, metric: MetricName, names: Object.keys(fixed).toSorted(), fixed }];
    }
    const query = /^SELECT M..\("([^"]+)"\) FROM SCHEMA\("CWAgent", ([^)]+)\)(?: WHERE (.*?))?(?: GROUP BY|$)/.exec(
      Metrics?.[0]?.Expression ?? '',
    );
    if (!query) return [];
    const [, metric = '', names = '', where = ''] = query;
    const fixed = Object.fromEntries([...where.matchAll(/"([^"]+)" = '([^']*)'/g)].map(([, name, value]) => [name, value]));
    return [{ alarm, metric, names: [...names.matchAll(/"([^"]+)"/g)].map(([, name = '']) => name).toSorted(), fixed }];
  });
}

/** Whether some series that the configuration stores is what the alarm asks for. */
function isStored({ metric, names, fixed }: Asked, configuration: AgentConfiguration): boolean {
  return storedSeries(configuration).some(
    (series) =>
      series.metric === metric &&
      JSON.stringify(Object.keys(series.dimensions).toSorted()) === JSON.stringify(names) &&
      Object.entries(series.dimensions).every(
        ([name, value]) => value === undefined || fixed[name] === undefined || value.replace('@SHARD@', '1') === fixed[name],
      ),
  );
}

function configurationOf(template: Template): AgentConfiguration {
  const found = [...resources('AWS::SSM::Parameter', template).values()].find(({ Properties }) =>
    String(Properties.Name).startsWith('AmazonCloudWatch-'),
  );
  return JSON.parse(found?.Properties.Value) as AgentConfiguration;
}

it('the symptoms of these tests are all that need the agent', () => {
  const needing = Object.entries(fleetSymptoms as Readonly<Record<string, { agent?: unknown }>>).filter(([, { agent }]) => agent);
  expect(needing.map(([name]) => name).toSorted()).toEqual(
    Object.keys(linux)
      .filter((name) => name !== 'service')
      .toSorted(),
  );
});

describe.each(Object.entries(fleets))('of a fleet %s', (_, fleet) => {
  it.each([
    ['Linux', linux, 5],
    ['Windows', windows, 2],
  ])('every alarm on %s reads a series that the generated configuration stores', (__, symptoms, count) => {
    const { template } = protecting(fleet, symptoms);
    const alarms = asked(template);
    expect(alarms).toHaveLength(count);
    for (const alarm of alarms) expect(alarm, alarm.alarm).toSatisfy((one: Asked) => isStored(one, configurationOf(template)));
  });

  it('every alarm reads a series that the configuration of the docs stores, where agents are left to the team', () => {
    const { template } = protecting(fleet, { ...linux, agent: false });
    const alarms = asked(template);
    expect(alarms).toHaveLength(5);
    const isMember = fleet.members.kind === 'auto-scaling-group';
    const { AutoScalingGroupName: ___, ...single } = docs.metrics.append_dimensions ?? {};
    const there = isMember ? docs : { metrics: { ...docs.metrics, append_dimensions: single } };
    for (const alarm of alarms) expect(alarm, alarm.alarm).toSatisfy((one: Asked) => isStored(one, there));
  });
});

describe('an alarm', () => {
  it('reads its own fleet and no other, by the own dimension', () => {
    for (const { fixed } of asked(protecting(fleets.Tagged, linux).template)) expect(fixed.SelfHealing).toBe('healing/Web/1-of-1');
  });

  it('reads the CPU from the agent, whatever its dimension is called by, and never by a tag', () => {
    for (const agent of [true, false])
      for (const fleet of Object.values(fleets)) {
        const { template } = protecting(fleet, { cpu: {}, agent });
        expect(JSON.stringify(template.toJSON())).not.toMatch(/tag\.|"CPUUtilization"/);
      }
    const [cpu] = asked(protecting(fleets.Tagged, { cpu: {} }).template);
    expect(cpu).toMatchObject({ names: ['InstanceId', 'SelfHealing', 'cpu'], fixed: { SelfHealing: 'healing/Web/1-of-1' } });
    expect(cpu?.fixed).not.toHaveProperty('cpu');
  });

  it('is made for each shard, with a policy of its own', () => {
    const { template } = protecting(fleets.Tagged, { ...linux, shards: 3 });
    const memory = asked(template).filter(({ metric }) => metric === 'mem_used_percent');
    expect(memory.map(({ alarm, fixed }) => [alarm, fixed.SelfHealing])).toEqual([
      ['healing-Web-memory-1', 'healing/Web/1-of-3'],
      ['healing-Web-memory-2', 'healing/Web/2-of-3'],
      ['healing-Web-memory-3', 'healing/Web/3-of-3'],
    ]);
    // A storm by majority is judged by what one alarm sees.
    expect(policyIn(template, 'healing.Web-memory-2').targets).toEqual({ kind: 'contributor', attribute: 'InstanceId', shards: 3 });
  });
});

describe('shards', () => {
  it.each([
    [20, 1],
    [400, 1],
    [401, 2],
    [10_000, 25],
  ])('for %d expected members are %d, and a larger fleet is not acted on', (expectedMembers, shards) => {
    const { template } = protecting(fleets.Tagged, { memory: {}, expectedMembers });
    const queries = JSON.stringify(template.findResources('AWS::CloudWatch::Alarm')).match(/\d+-of-\d+/g) ?? [];
    expect(new Set(queries).size).toBe(shards);
    expect(policyIn(template, `healing.Web-memory${shards > 1 ? '-1' : ''}`).guardrails.largestFleet).toBe(expectedMembers);
  });

  it.each([
    [2, 1_200, 800, 3],
    [2, 801, 800, 3],
    [1, 501, 500, 2],
  ])(
    'of which %d are too few for %d expected members fail synthesis with the number that is needed',
    (shards, expectedMembers, seen, needed) => {
      expect(() => protecting(fleets.Tagged, { ...linux, expectedMembers, shards })).toThrow(
        `shards: ${shards} see ${seen} instances for certain, and expectedMembers is ${expectedMembers}; leave shards out, or take ${needed}`,
      );
      expect(() => protecting(fleets.Tagged, { ...linux, expectedMembers: seen, shards })).not.toThrow();
    },
  );

  it('are acted on as far as their alarms see, unless a guardrail says otherwise', () => {
    const largest = (more: Partial<FleetProtection>) =>
      policyIn(protecting(fleets.Tagged, { memory: {}, shards: 3, ...more }).template, 'healing.Web-memory-1').guardrails.largestFleet;
    expect([largest({}), largest({ guardrails: { largestFleet: 700 } })]).toEqual([1_500, 700]);
  });

  it('of 400 on average have fewer than 500 members each, as the hash on the machines spreads them', () => {
    const shards = 25;
    const counts = new Map<number, number>();
    for (let number = 0; number < 10_000; number += 1) {
      const shard = shardOf(`i-0${number.toString(16).padStart(16, '0')}`, shards);
      counts.set(shard, (counts.get(shard) ?? 0) + 1);
    }
    expect(counts.size).toBe(shards);
    expect(Math.max(...counts.values())).toBeLessThan(500);
  });

  it.each<[string, Fleet, object, string]>([
    ['none', fleets.Tagged, { shards: 0 }, 'must be at least 1'],
    ['too many', fleets.Tagged, { shards: 51 }, 'must be at most 50'],
    ['a part', fleets.Tagged, { shards: 1.5 }, 'shards'],
    ['agents of the team', fleets.Tagged, { shards: 2, agent: false }, "needs the pipeline's own agents"],
    ['a list of instances', fleets.Given, { shards: 2 }, 'have an alarm each'],
  ])('are refused with %s', (_, fleet, more, message) => {
    expect(() => protecting(fleet, { memory: {}, ...more })).toThrow(message);
  });
});

describe('where agents are left to the team, synth', () => {
  const warnings = (fleet: Fleet, agent: boolean) =>
    Annotations.fromStack(protecting(fleet, { memory: {}, agent }).stack).findWarning('*', Match.stringLikeRegexp('at most 500'));

  it('says how many series an alarm sees', () => {
    expect(warnings(fleets.Tagged, false)).toHaveLength(1);
    expect(warnings(fleets.Group, false)).toHaveLength(1);
  });

  it('says nothing where each instance has an alarm, and with own agents', () => {
    expect(warnings(fleets.Given, false)).toEqual([]);
    expect(warnings(fleets.Tagged, true)).toEqual([]);
  });
});

describe('the CloudWatch agent configuration of the docs', () => {
  const queries = Object.values(fleets).flatMap((fleet) => asked(protecting(fleet, { ...linux, agent: false }).template));

  it('rolls up by every set of dimensions that an alarm asks for, and by no other, since each is paid for', () => {
    const sets = docs.metrics.aggregation_dimensions?.map((names) => names.toSorted().join()) ?? [];
    expect(sets.toSorted()).toEqual([...new Set(queries.map(({ names }) => names.join()))].toSorted());
  });

  it('appends the dimensions that tell the instance and its group', () => {
    const append = docs.metrics.append_dimensions ?? {};
    expect(Object.keys(append).toSorted()).toEqual(['AutoScalingGroupName', 'InstanceId']);
    for (const [name, value] of Object.entries(append)) expect(value).toBe(`$\{aws:${name}}`);
  });
});

describe('the command that merges', () => {
  it('takes the fleet of just that name, where another one ends with it', () => {
    const stack = new Stack(unbundledApp(), 'Fleets');
    const healing = new HealingPipeline(stack, 'Healing');
    healing.protectFleet('My-Web', { fleet: Fleet.tagged('SelfHeal', 'mine'), memory: {} });
    healing.protectFleet('Web', { fleet: Fleet.tagged('SelfHeal', 'enabled'), disk: {} });
    const folder = mkdtempSync(`${tmpdir()}/agent-config-`);
    writeFileSync(`${folder}/template.json`, JSON.stringify(Template.fromStack(stack).toJSON()));
    writeFileSync(`${folder}/team.json`, JSON.stringify({ metrics: { metrics_collected: { swap: { measurement: ['used_percent'] } } } }));
    const command = `${import.meta.dirname}/../../bin/agent-config.ts`;
    const { stdout } = spawnSync(
      process.execPath,
      [command, '--fleet', 'Web', '--template', `${folder}/template.json`, `${folder}/team.json`],
      {
        encoding: 'utf8',
      },
    );
    rmSync(folder, { recursive: true });
    expect(stdout).toContain('healing/Web/1-of-1');
    expect(stdout).not.toContain('My-Web');
  });
});
