import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { Fleet } from '../../lib/fleet.ts';
import { HealingPipeline } from '../../lib/healing-pipeline.ts';
import type { FleetProtection } from '../../lib/protection.ts';
import { unbundledApp } from '../support/default-stack.ts';
import { inText, type Resource, resources } from '../support/template.ts';

const tagged = Fleet.tagged('SelfHeal', 'enabled');

function protecting(...fleets: readonly FleetProtection[]): Template {
  const stack = new Stack(unbundledApp(), 'Agents');
  const healing = new HealingPipeline(stack, 'Healing');
  for (const [index, props] of fleets.entries()) healing.protectFleet(`Web${index || ''}`, props);
  return Template.fromStack(stack);
}

function associations(template: Template): readonly Resource[] {
  return [...resources('AWS::SSM::Association', template).values()];
}

function parameter(template: Template): Resource | undefined {
  return [...resources('AWS::SSM::Parameter', template).values()].find(({ Properties }) => Properties.Name.startsWith('AmazonCloudWatch-'));
}

interface Step {
  readonly action: string;
  readonly name: string;
  readonly inputs: { readonly runCommand: readonly string[]; readonly version: string };
}

function stepsOf(template: Template): readonly Step[] {
  const documents = [...resources('AWS::SSM::Document', template).values()].map(({ Properties }) => Properties);
  return documents.find(({ Name }) => Name === 'healing-configure-agent')?.Content.mainSteps as Step[];
}

describe('the CloudWatch agent of a fleet', () => {
  const watched = { fleet: tagged, service: 'nginx', memory: {}, disk: { path: '/srv' }, serviceDown: {} };

  it('is installed and configured, in this order, by one association with a document of the pipeline', () => {
    const template = protecting(watched);
    expect(associations(template).map(({ Properties }) => Properties.Name)).toEqual(['healing-configure-agent']);
    expect(stepsOf(template).map(({ name, action }) => [name, action])).toEqual([
      ['configurePresent', 'aws:runShellScript'],
      ['configurePresentOnWindows', 'aws:runPowerShellScript'],
      ['install', 'aws:configurePackage'],
      ['configure', 'aws:runShellScript'],
      ['configureOnWindows', 'aws:runPowerShellScript'],
    ]);
  });

  it('is told apart by its scripts only in that the first ends the document where there is an agent already', () => {
    const [first, firstOnWindows, , last, lastOnWindows] = stepsOf(protecting(watched));
    const added = (one: Step | undefined, other: Step | undefined) =>
      one?.inputs.runCommand.filter((line) => !other?.inputs.runCommand.includes(line));
    expect(added(first, last)).toEqual(['document_step=first']);
    expect(added(firstOnWindows, lastOnWindows)).toEqual(["$DocumentStep = 'first'"]);
  });

  it('is installed in a pinned version, or in the one that is asked for', () => {
    const version = (template: Template) => associations(template)[0]?.Properties.Parameters.Version;
    expect(version(protecting(watched))).toEqual(['1.300071.0b1720']);
    expect(version(protecting({ ...watched, agentVersion: 'latest' }))).toEqual(['latest']);
    expect(() => protecting({ ...watched, agentVersion: '1.0; reboot' })).toThrow('agentVersion');
  });

  it('is looked after every half hour and on every new member, and no failure stops that', () => {
    expect(associations(protecting(watched))[0]?.Properties).toMatchObject({
      ScheduleExpression: 'rate(30 minutes)',
      ApplyOnlyAtCronInterval: false,
      MaxConcurrency: '100%',
      MaxErrors: '100%',
    });
  });

  it('shares its document with the other fleets of the pipeline', () => {
    const template = protecting(watched, { fleet: Fleet.ofAutoScalingGroup('web'), memory: {} });
    expect(associations(template)).toHaveLength(2);
    expect([...resources('AWS::SSM::Document', template).values()].filter(({ Properties }) => /agent$/.test(Properties.Name))).toHaveLength(
      1,
    );
  });

  it.each([
    ['a tagged fleet by its tag', tagged, 'tag:SelfHeal', 'enabled'],
    [
      'an Auto Scaling group by the tag that AWS gives its members',
      Fleet.ofAutoScalingGroup('web'),
      'tag:aws:autoscaling:groupName',
      'web',
    ],
    ['given instances by their ids', Fleet.ofInstances(['i-0123456789abcdef0']), 'InstanceIds', 'i-0123456789abcdef0'],
  ])('finds %s, and State Manager may send it to no others', (_, fleet, Key, value) => {
    const template = protecting({ fleet, memory: {} });
    expect(associations(template)[0]?.Properties.Targets).toEqual([{ Key, Values: [value] }]);
    const policies = [...resources('AWS::IAM::Policy', template).entries()].filter(([id]) => id.includes('Dispatch'));
    expect(policies).toHaveLength(1);
    const statements = JSON.stringify(policies[0]?.[1].Properties.PolicyDocument.Statement);
    expect(statements).toContain(Key === 'InstanceIds' ? `:instance/${value}` : `"ssm:resourceTag/${Key.slice(4)}":"${value}"`);
    expect(statements).toContain(':document/healing-configure-agent');
  });

  it('has an association for each fifty of given instances, of which each machine is in one and is looked at', () => {
    const ids = Array.from({ length: 70 }, (_, number) => `i-0${String(number).padStart(16, '0')}`);
    const template = protecting({ fleet: Fleet.ofInstances(ids), memory: {} });
    const made = associations(template).map(({ Properties }) => Properties);
    expect(made.map(({ AssociationName }) => AssociationName)).toEqual(['healing-Web-agent', 'healing-Web-agent-2']);
    expect(made.map(({ Targets }) => Targets.map(({ Values }: { Values: unknown[] }) => Values.length))).toEqual([[50], [20]]);
    expect(made.flatMap(({ Targets }) => Targets[0].Values)).toEqual(ids);
    const inputs = [...resources('AWS::Events::Rule', template).values()].flatMap(({ Properties }) =>
      Properties.Targets.flatMap(({ Input }: { Input?: unknown }) =>
        JSON.stringify(Input ?? '').includes('association') ? [inText(Input)] : [],
      ),
    );
    expect(inputs.flatMap((input) => JSON.parse(input).members.ids)).toEqual(ids);
    const policies = [...resources('AWS::IAM::Policy', template), ...resources('AWS::IAM::ManagedPolicy', template)];
    const dispatched = JSON.stringify(policies.filter(([id]) => id.includes('Dispatch')));
    expect(ids.filter((id) => !dispatched.includes(`:instance/${id}`))).toEqual([]);
  });

  it('is left to the team on request, and where no symptom needs it', () => {
    expect(associations(protecting({ ...watched, agent: false }))).toEqual([]);
    expect(associations(protecting({ fleet: tagged, systemStatus: {} }))).toEqual([]);
  });

  it('gets a configuration with what the symptoms need and nothing else, which people can read', () => {
    const template = protecting({ ...watched, cpu: {} });
    const common = { metrics_collection_interval: 60, append_dimensions: { SelfHealing: 'healing/Web/@SHARD@-of-1' } };
    const expected = {
      metrics: {
        namespace: 'CWAgent',
        append_dimensions: { InstanceId: `$\{aws:InstanceId}` },
        aggregation_dimensions: [
          ['InstanceId', 'SelfHealing', 'path'],
          ['InstanceId', 'SelfHealing', 'exe'],
        ],
        metrics_collected: {
          cpu: { measurement: ['usage_active'], totalcpu: true, ...common },
          mem: { measurement: ['used_percent'], ...common },
          disk: {
            measurement: ['used_percent'],
            resources: ['/srv'],
            drop_device: true,
            drop_original_metrics: ['used_percent'],
            ...common,
          },
          procstat: [{ exe: '(^|/)nginxd?(-?[0-9.]+)?( [(]deleted[)]|/.*)?$', measurement: ['pid_count'], ...common }],
        },
      },
    };
    const [given] = associations(template)[0]?.Properties.Parameters.Configuration ?? [];
    expect(JSON.parse(Buffer.from(given, 'base64').toString())).toEqual(expected);
    expect(JSON.parse(inText(parameter(template)?.Properties.Value))).toEqual(expected);
    expect(parameter(template)?.Properties.Name).toBe('AmazonCloudWatch-healing-Web');
  });
});
