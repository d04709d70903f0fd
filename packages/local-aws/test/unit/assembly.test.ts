import { describe, expect, it } from 'vitest';
import { adaptTemplate } from '../../deployment/assembly.ts';
import { restoreTypes } from '../../gateway/supplied-resources.ts';

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
        ServiceToken: { 'Fn::GetAtt': ['LocalAwsService', 'Arn'] },
      },
    });
    expect(template.Resources?.LocalAwsService?.Type).toBe('AWS::Lambda::Function');
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
