import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { agentConfiguration } from '../../lib/agent-configuration.ts';
import { Fleet } from '../../lib/fleet.ts';
import { HealingPipeline } from '../../lib/healing-pipeline.ts';
import type { FleetProtection } from '../../lib/protection.ts';
import { unbundledApp } from '../support/default-stack.ts';
import { inText, type Resource, resources } from '../support/template.ts';

const tagged = Fleet.tagged('SelfHeal', 'enabled');

function protecting(props: FleetProtection): Template {
  const stack = new Stack(unbundledApp(), 'Agents');
  new HealingPipeline(stack, 'Healing').protectFleet('Web', props);
  return Template.fromStack(stack);
}

function associations(template: Template): readonly Resource[] {
  return [...resources('AWS::SSM::Association', template).values()];
}

function configuration(template: Template): Resource | undefined {
  return [...resources('AWS::SSM::Parameter', template).values()].find(({ Properties }) => Properties.Name.startsWith('AmazonCloudWatch-'));
}

describe('the CloudWatch agent of a fleet', () => {
  const watched = { service: 'nginx', memory: {}, disk: { path: '/srv' }, serviceDown: {} };

  it('is installed first, then configured from the parameter of the protection', () => {
    const template = protecting({ fleet: tagged, ...watched });

    expect(associations(template).map(({ Properties }) => Properties.Name)).toEqual([
      'AWS-ConfigureAWSPackage',
      'AmazonCloudWatch-ManageAgent',
    ]);
    expect(associations(template)[1]?.Properties.Parameters).toMatchObject({ optionalConfigurationSource: ['ssm'], mode: ['ec2'] });
    expect(inText(associations(template)[1]?.Properties.Parameters.optionalConfigurationLocation[0])).toMatch(/Configuration/);
    expect(configuration(template)?.Properties.Name).toBe('AmazonCloudWatch-healing-Web');
  });

  it('has its configuration appended, so that one of the team is never replaced', () => {
    const [, configure] = associations(protecting({ fleet: tagged, ...watched }));
    expect(configure?.Properties.Parameters.action).toEqual(['configure (append)']);
  });

  it('reaches a tenth of the fleet at a time', () => {
    for (const { Properties } of associations(protecting({ fleet: tagged, ...watched })))
      expect(Properties).toMatchObject({ MaxConcurrency: '10%', MaxErrors: '10%' });
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
  ])('finds %s', (_, fleet, Key, value) => {
    for (const { Properties } of associations(protecting({ fleet, memory: {} })))
      expect(Properties.Targets).toEqual([{ Key, Values: [value] }]);
  });

  it('is left to the team on request, and where no symptom needs it', () => {
    expect(associations(protecting({ fleet: tagged, ...watched, agent: false }))).toEqual([]);
    expect(associations(protecting({ fleet: tagged, cpu: {} }))).toEqual([]);
  });

  it('collects what the symptoms need and nothing else', () => {
    expect(JSON.parse(inText(configuration(protecting({ fleet: tagged, ...watched }))?.Properties.Value))).toEqual({
      agent: { metrics_collection_interval: 60 },
      metrics: {
        namespace: 'CWAgent',
        append_dimensions: { InstanceId: `$\{aws:InstanceId}` },
        aggregation_dimensions: [['InstanceId'], ['InstanceId', 'path'], ['InstanceId', 'exe']],
        metrics_collected: {
          mem: { measurement: ['used_percent'] },
          disk: { measurement: ['used_percent'], resources: ['/srv'] },
          procstat: [{ exe: 'nginx', measurement: ['pid_count'] }],
        },
      },
    });
  });

  it('names the group in the roll-ups of an Auto Scaling group, as its alarms do', () => {
    const made = agentConfiguration(Fleet.ofAutoScalingGroup('web'), [{ section: 'disk', measurement: 'used_percent', path: '/' }]);
    expect(made).toMatchObject({ metrics: { aggregation_dimensions: [['AutoScalingGroupName', 'InstanceId', 'path']] } });
  });
});
