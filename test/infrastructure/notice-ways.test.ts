import { Stack } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
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
    expect(of('AWS::SNS::Topic')).toHaveLength(1);
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

describe('in chat', () => {
  const slack = { workspaceId: 'T0123456789', channelId: 'C0123456789' };
  const teams = {
    tenantId: '11111111-2222-4333-8444-555555555555',
    teamId: '66666666-7777-4888-9999-000000000000',
    channelId: '19%3aabc%40thread.tacv2',
  };
  const quietHours = { from: '22:00', to: '06:00', timeZone: 'Europe/Warsaw' };
  const { of, variablesOf } = shop(() => ({ chat: { slack, teams, stages: ['handed-off', 'recovered'] }, quietHours }));
  const topic = of('AWS::SNS::Topic').find(({ TopicName }) => TopicName === 'healing-chat');

  it('each function that tells people knows the topic and what goes there', () => {
    expect(topic).toBeDefined();
    for (const name of ['conclude', 'ask', 'intake', 'sweep', 'report-give-back'])
      expect(JSON.parse(variablesOf(`healing-${name}`).NOTIFY)).toMatchObject({
        chat: { topic: expect.any(String), only: { stages: ['handed-off', 'recovered'] } },
        quietHours,
      });
  });

  it('a channel of Slack and one of Teams listen to the topic, and may do no more than read, by a role that may do nothing', () => {
    const [inSlack, inTeams] = [of('AWS::Chatbot::SlackChannelConfiguration'), of('AWS::Chatbot::MicrosoftTeamsChannelConfiguration')];
    expect(inSlack).toMatchObject([{ SlackWorkspaceId: slack.workspaceId, SlackChannelId: slack.channelId }]);
    expect(inTeams).toMatchObject([{ TeamsTenantId: teams.tenantId, TeamId: teams.teamId, TeamsChannelId: teams.channelId }]);
    for (const { GuardrailPolicies, SnsTopicArns } of [...inSlack, ...inTeams]) {
      expect(GuardrailPolicies).toEqual(['arn:aws:iam::aws:policy/ReadOnlyAccess']);
      expect(SnsTopicArns).toHaveLength(1);
    }
    const [role, ...more] = of('AWS::IAM::Role').filter((each) => JSON.stringify(each).includes('chatbot.amazonaws.com'));
    expect(more).toEqual([]);
    expect(role).not.toHaveProperty('ManagedPolicyArns');
    expect(role).not.toHaveProperty('Policies');
  });

  it('what it does not take raises an alarm of the healer', () => {
    expect(of('AWS::CloudWatch::Alarm').map(({ AlarmName }) => AlarmName)).toContain('healing-watch-not-sent');
  });

  it.each([
    ['a policy that the pipeline does not have', { policies: ['Web-cpu'] }, 'has no policy Web-cpu'],
    ['no stage at all', { stages: [] }, 'chat.stages'],
  ])('%s fails the synth', (_, only, words) => {
    expect(() => shop(() => ({ chat: { slack, ...only } }))).toThrow(words);
  });
});

describe('in OpsCenter', () => {
  const { of, variablesOf } = shop(() => ({ opsItems: { policies: ['Web-group-cpu'] } }));
  const rules = of('AWS::Events::Rule').filter(({ Name }) => Name?.startsWith('healing-notices-'));
  const ruleOf = (name: string) => rules.find(({ Name }) => Name === `healing-notices-${name}`);

  it('a bus of the pipeline’s own gets every notice, since the user gives none', () => {
    expect(of('AWS::Events::EventBus')).toMatchObject([{ Name: 'healing-notices' }]);
    expect(JSON.parse(variablesOf('healing-conclude').NOTIFY).bus).toBeDefined();
  });

  it('hand-offs and storms open an OpsItem, and every end that closes the alert resolves it, of the policies that are named', () => {
    const own = { account: ['111122223333'], source: ['self-healing-notice.healing'] };
    const policy = { name: ['Web-group-cpu', { exists: false }] };
    expect(rules).toHaveLength(2);
    expect(ruleOf('ops-items-open')?.EventPattern).toEqual({
      ...own,
      'detail-type': ['handed-off', 'storm'],
      detail: { alert: { state: ['open'] }, policy },
    });
    expect(ruleOf('ops-items-closed')?.EventPattern).toEqual({ ...own, detail: { alert: { state: ['closed'] }, policy } });
  });

  it('what is not delivered within an hour ends in a queue, from where it is written down', () => {
    const [queue, ...more] = of('AWS::SQS::Queue').filter(({ VisibilityTimeout }) => VisibilityTimeout === 360);
    expect(more).toEqual([]);
    expect(queue).toMatchObject({ SqsManagedSseEnabled: true });
    for (const { Targets } of rules)
      expect(Targets).toMatchObject([
        { DeadLetterConfig: { Arn: expect.anything() }, RetryPolicy: { MaximumEventAgeInSeconds: 3_600, MaximumRetryAttempts: 185 } },
      ]);
    expect(of('AWS::Lambda::EventSourceMapping')).toHaveLength(1);
    expect(of('AWS::Lambda::EventInvokeConfig')).toContainEqual(
      expect.objectContaining({ MaximumRetryAttempts: 2, DestinationConfig: { OnFailure: { Destination: expect.anything() } } }),
    );
    expect(of('AWS::CloudWatch::Alarm').map(({ AlarmName }) => AlarmName)).toContain('healing-watch-not-sent-unread');
  });

  it('behind a bus of the user’s, no other one is made', () => {
    const given = shop((stack) => ({ bus: EventBus.fromEventBusName(stack, 'Tools', 'tools'), opsItems: true }));
    expect(given.of('AWS::Events::EventBus')).toEqual([]);
    expect(given.of('AWS::Events::Rule').filter(({ EventBusName }) => EventBusName === 'tools')).toHaveLength(2);
  });

  it.each([
    ['a policy that the pipeline does not have', { policies: ['Web-cpu'] }, 'notify.opsItems.policies: the pipeline has no policy Web-cpu'],
    ['no stage at all', { stages: [] }, 'opsItems.stages'],
  ])('%s fails the synth', (_, opsItems, words) => {
    expect(() => shop(() => ({ opsItems }))).toThrow(words);
  });

  it('false deploys nothing', () => {
    expect(shop(() => ({ emails: ['oncall@example.com'], opsItems: false })).of('AWS::Events::EventBus')).toEqual([]);
  });
});

describe('where nobody can be told', () => {
  const warnings = (notify: HealingPipelineProps['notify']) => {
    const stack = new Stack(unbundledApp(), 'Shop', { env: place });
    const pipeline = new HealingPipeline(stack, 'Healing', { notify: notify ?? {} });
    pipeline.protectFleet('Web', { fleet: Fleet.ofAutoScalingGroup('web'), groupCpu: {} });
    return Annotations.fromStack(stack)
      .findWarning('*', Match.stringLikeRegexp('nobody is told'))
      .map(({ id }) => id);
  };

  it('the synth warns', () => {
    expect(warnings({ emails: [] })).toEqual(['/Shop/Healing/Notifications']);
  });

  it.each([
    ['a mail address', { emails: ['oncall@example.com'] }],
    ['a chat channel', { chat: { slack: { workspaceId: 'T0123456789', channelId: 'C0123456789' } } }],
    ['OpsItems', { opsItems: true }],
  ])('and with %s it does not', (_, notify) => {
    expect(warnings(notify)).toEqual([]);
  });
});
