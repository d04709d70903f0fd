import { Stack } from 'aws-cdk-lib';
import { EventBus } from 'aws-cdk-lib/aws-events';
import { describe, expect, it } from 'vitest';
import { Fleet } from '../../lib/fleet.ts';
import { HealingPipeline, type HealingPipelineProps } from '../../lib/healing-pipeline.ts';
import { unbundledApp } from '../support/default-stack.ts';
import { DeployedApp } from '../support/deployed-app.ts';

const place = { account: '111122223333', region: 'eu-west-1' };
const ownBus = 'arn:aws:events:eu-west-1:111122223333:event-bus/tools';

/** A deployed pipeline with these ways of telling. */
function shop(notify: (stack: Stack) => HealingPipelineProps['notify']) {
  const app = unbundledApp();
  const stack = new Stack(app, 'Shop', { env: place });
  const pipeline = new HealingPipeline(stack, 'Healing', { notify: notify(stack) ?? {} });
  pipeline.protectFleet('Web', { fleet: Fleet.ofAutoScalingGroup('web'), groupCpu: {} });
  const deployed = new DeployedApp(app);
  return {
    of: (type: string) => deployed.resources(stack, type).map(({ properties }) => properties),
    variablesOf(name: string) {
      const found = deployed.resources(stack, 'AWS::Lambda::Function').find(({ properties }) => properties.FunctionName === name);
      return found?.properties.Environment.Variables;
    },
  };
}

describe('where mail is the only way', () => {
  const { of, variablesOf } = shop(() => ({ emails: ['oncall@example.com'] }));

  it('nothing of the other ways is deployed or called', () => {
    expect(of('AWS::Events::EventBus')).toEqual([]);
    expect(JSON.parse(variablesOf('healing-conclude').NOTIFY)).toEqual({ stillAfter: { minutes: 15 } });
    expect(JSON.stringify(of('AWS::IAM::Policy'))).not.toContain('self-healing-notice');
  });
});

describe('on a bus of the user’s', () => {
  const { of, variablesOf } = shop((stack) => ({ bus: EventBus.fromEventBusName(stack, 'Tools', 'tools') }));

  it.each(['triage', 'verify', 'conclude', 'ask', 'intake', 'sweep', 'report-give-back'])('%s puts every notice', (name) => {
    expect(JSON.parse(variablesOf(`healing-${name}`).NOTIFY)).toMatchObject({ bus: ownBus });
  });

  it('what it does not take raises an alarm of the healer', () => {
    expect(of('AWS::CloudWatch::Alarm').find(({ AlarmName }) => AlarmName === 'healing-watch-not-sent')).toMatchObject({
      ...{ Namespace: 'SelfHealing', MetricName: 'NotSent', Statistic: 'Sum', Threshold: 0, TreatMissingData: 'notBreaching' },
      Dimensions: [{ Name: 'service', Value: 'healing' }],
      AlarmActions: [expect.anything()],
    });
  });

  it('of another Region nothing is put', () => {
    const far = 'arn:aws:events:us-east-1:111122223333:event-bus/tools';
    expect(() => shop((stack) => ({ bus: EventBus.fromEventBusArn(stack, 'Tools', far) }))).toThrow('us-east-1');
  });
});
