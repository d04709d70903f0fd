import { adaptTemplate } from '@self-healing/local-aws/deployment/assembly.ts';
import { restoreTypes } from '@self-healing/local-aws/gateway/supplied-resources.ts';
import { describe, expect, it } from 'vitest';
import { shortenDurations } from '../../../rehearsal/stage/shortened-durations.ts';

const alarm = {
  Type: 'AWS::CloudWatch::Alarm',
  DependsOn: ['Topic'],
  Condition: 'InProduction',
  Properties: { Threshold: 90.5, ActionsEnabled: true, Metrics: [{ Id: 'm1', ReturnData: false }], AlarmActions: [{ Ref: 'Topic' }] },
};
const topic = { Type: 'AWS::SNS::Topic', Properties: {} };

describe('adaptTemplate', () => {
  it('turns what the local AWS cannot deploy into custom resources that keep id, dependencies and condition', () => {
    const { template, supplied } = adaptTemplate({ Resources: { Alarm: alarm, Topic: topic } });
    expect(supplied).toEqual({ 'AWS::CloudWatch::Alarm': 1 });
    expect(template.Resources?.Topic).toEqual(topic);
    expect(template.Resources?.Alarm).toMatchObject({
      Type: 'Custom::Service',
      DependsOn: ['Topic'],
      Condition: 'InProduction',
      Properties: {
        ...alarm.Properties,
        ResourceType: 'AWS::CloudWatch::Alarm',
        ServiceToken: { 'Fn::GetAtt': ['RehearsalService', 'Arn'] },
      },
    });
    expect(template.Resources?.RehearsalService?.Type).toBe('AWS::Lambda::Function');
  });

  it('leaves a template alone that the local AWS can deploy', () => {
    const template = { Resources: { Topic: topic } };
    expect(adaptTemplate(template)).toEqual({ template, supplied: {}, shortened: {} });
  });

  it('lets the gateway give numbers and booleans back their types after CloudFormation made strings of them', () => {
    const { template } = adaptTemplate({ Resources: { Alarm: alarm } });
    const { NonStringPaths } = template.Resources?.Alarm?.Properties ?? {};
    const asSent = { Threshold: '90.5', ActionsEnabled: 'true', Metrics: [{ Id: 'm1', ReturnData: 'false' }], AlarmActions: ['arn'] };
    expect(restoreTypes(asSent, JSON.parse(String(NonStringPaths)))).toEqual({ ...alarm.Properties, AlarmActions: ['arn'] });
  });

  it('does not take the index inside an intrinsic function for a property', () => {
    const resource = { Type: 'AWS::SSM::Document', Properties: { Name: { 'Fn::Select': [0, ['a', 'b']] } } };
    const { template } = adaptTemplate({ Resources: { Doc: resource } });
    expect(template.Resources?.Doc?.Properties?.NonStringPaths).toBe('[]');
  });
});

describe('adaptTemplate with a divisor', () => {
  const rule = (InputTemplate: unknown) => ({
    Type: 'AWS::Events::Rule',
    Properties: { Targets: [{ Arn: 'a', InputTransformer: { InputTemplate } }] },
  });
  const inputOf = (resource: unknown) =>
    (resource as ReturnType<typeof rule> | undefined)?.Properties.Targets[0]?.InputTransformer.InputTemplate;

  it.each([
    ['minutes', '{"cooldown":{"minutes":5}}', '{"cooldown":{"seconds":5}}'],
    ['hours', '{"budget":{"hours":1}}', '{"budget":{"seconds":60}}'],
    ['a fraction', '{"wait":{"minutes":1.5}}', '{"wait":{"seconds":2}}'],
    ['the age of files to a minute, as nobody can make a file older', '{"olderThan":{"days":1}}', '{"olderThan":{"seconds":60}}'],
    ['less than a second', '{"settle":{"seconds":3}}', '{"settle":{"seconds":1}}'],
    ['no duration but an object with more keys', '{"x":{"minutes":5,"of":2}}', '{"x":{"minutes":5,"of":2}}'],
  ])('shortens %s', (_, before, after) => {
    const { template } = adaptTemplate({ Resources: { Rule: rule(before) } }, (template) => shortenDurations(template, 60));
    expect(inputOf(template.Resources?.Rule)).toBe(after);
  });

  it('shortens inside the pieces of a join and counts by unit', () => {
    const join = { 'Fn::Join': ['', ['{"a":{"minutes":10},"alarm":"', { Ref: 'Alarm' }, '","b":{"days":1}}']] };
    const { template, shortened } = adaptTemplate({ Resources: { Rule: rule(join) } }, (template) => shortenDurations(template, 60));
    expect(inputOf(template.Resources?.Rule)).toEqual({
      'Fn::Join': ['', ['{"a":{"seconds":10},"alarm":"', { Ref: 'Alarm' }, '","b":{"seconds":1440}}']],
    });
    expect(shortened).toEqual({ minutes: 1, days: 1 });
  });
});
