import { SecretValue, Stack } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { Authorization, EventBus } from 'aws-cdk-lib/aws-events';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { describe, expect, it } from 'vitest';
import { Fleet } from '../../lib/fleet.ts';
import { HealingPipeline, type HealingPipelineProps } from '../../lib/healing-pipeline.ts';
import { SelfHealingStack } from '../../lib/self-healing-stack.ts';
import { Webhook } from '../../lib/webhook.ts';
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
    /** By their logical ids without the hash at the end. */
    ids: (type: string) => new Map(deployed.resources(stack, type).map(({ id, properties }) => [id.slice(0, -8), properties])),
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

  it('keeps the name of a configuration that was deployed under another one, since the account takes no second one', () => {
    const named = shop(() => ({ chat: { slack: { ...slack, configurationName: 'healing-slack' }, teams } }));
    expect(named.of('AWS::Chatbot::SlackChannelConfiguration')).toMatchObject([{ ConfigurationName: 'healing-slack' }]);
    expect(() => shop(() => ({ chat: { slack: { ...slack, configurationName: 'a b' } } }))).toThrow('configurationName');
  });

  it.each([
    ['with one channel in one account are refused', place.account, slack.channelId, true],
    ['with one channel in two accounts are not', '444455556666', slack.channelId, false],
    ['with two channels in one account are not', place.account, 'C9876543210', false],
  ])('two pipelines %s', (_, account, channelId, isRefused) => {
    const app = unbundledApp();
    for (const [id, env, channel] of [
      ['First', place, slack],
      ['Second', { account, region: 'us-east-1' }, { ...slack, channelId }],
    ] as const)
      new HealingPipeline(new Stack(app, id, { env }), 'Healing', { notify: { chat: { slack: channel } } }).protectFleet('Web', {
        fleet: Fleet.ofAutoScalingGroup('web'),
        groupCpu: {},
      });
    if (isRefused) expect(() => app.synth()).toThrow('one configuration for a channel of Slack');
    else expect(() => app.synth()).not.toThrow();
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
  const { of, ids, variablesOf } = shop(() => ({ opsItems: { policies: ['Web-group-cpu'] } }));
  const rules = of('AWS::Events::Rule').filter(({ EventBusName }) => EventBusName !== undefined);
  const ruleOf = (id: string) => ids('AWS::Events::Rule').get(`HealingIncidentToolsOpsItems${id}`);

  it('a bus of the pipeline’s own gets every notice, since the user gives none', () => {
    expect(of('AWS::Events::EventBus')).toMatchObject([{ Name: 'healing-notices' }]);
    expect(JSON.parse(variablesOf('healing-conclude').NOTIFY).bus).toBeDefined();
  });

  it('hand-offs and storms open an OpsItem, and every end that closes the alert resolves it, of the policies that are named', () => {
    const own = { account: ['111122223333'], source: ['self-healing-notice.healing'] };
    const policy = { name: ['Web-group-cpu', { exists: false }] };
    expect(rules).toHaveLength(2);
    expect(ruleOf('Open')?.EventPattern).toEqual({
      ...own,
      'detail-type': ['handed-off', 'storm'],
      detail: { alert: { state: ['open'] }, policy },
    });
    expect(ruleOf('Closed')?.EventPattern).toEqual({ ...own, detail: { alert: { state: ['closed'] }, policy } });
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
    expect(given.of('AWS::Events::Rule').filter(({ EventBusName }) => EventBusName !== undefined)).toHaveLength(2);
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

describe('by webhooks', () => {
  const key = SecretValue.secretsManager('key');
  const url = 'https://board.example.com/notices';
  const authorization = Authorization.apiKey('X-Api-Key', key);
  const { of, ids, variablesOf } = shop((stack) => ({
    webhooks: [
      Webhook.pagerDuty('oncall', { routingKey: key, serviceRegion: 'eu', policies: ['Web-group-cpu'] }),
      Webhook.opsgenie('operations', { apiKey: key }),
      Webhook.json('board', { url, authorization, stages: ['digest'] }),
      Webhook.devOpsAgent('investigate', { url: 'https://agent.example.com/', secret: Secret.fromSecretNameV2(stack, 'S', 'agent') }),
    ],
  }));
  const ruleOf = (way: string) => ids('AWS::Events::Rule').get(`HealingIncidentTools${way.replaceAll('-', '')}`);
  const addressOf = (name: string) => of('AWS::Events::ApiDestination').find(({ Name }) => Name === `healing-${name}`)?.InvocationEndpoint;

  it('PagerDuty is posted a trigger and a resolution of one key, each value of the body a whole one of the event', () => {
    const template = ruleOf('oncall-open')?.Targets[0].InputTransformer.InputTemplate;
    expect(template).toMatch(/^\{"event_action":"trigger","dedup_key":<[^>]+>,"client":<[^>]+>,"payload":\{("\w+":<[^>]+>,?)+\}\}$/);
    const closed = ruleOf('oncall-closed');
    expect(closed?.Targets[0].InputTransformer.InputTemplate).toMatch(/^\{"event_action":"resolve","dedup_key":<[^>]+>\}$/);
    expect(closed?.EventPattern.detail).toEqual({ alert: { state: ['closed'] }, policy: { name: ['Web-group-cpu', { exists: false }] } });
    expect(Object.values(closed?.Targets[0].InputTransformer.InputPathsMap)).toEqual(['$.detail.alert.key']);
    for (const what of ['open', 'closed']) expect(addressOf(`oncall-${what}`)).toBe('https://events.eu.pagerduty.com/v2/enqueue');
    const connection = of('AWS::Events::Connection').find(({ Name }) => Name === 'healing-oncall');
    expect(connection.AuthParameters.InvocationHttpParameters.BodyParameters).toMatchObject([{ Key: 'routing_key', IsValueSecret: true }]);
  });

  it('Opsgenie is posted what is worst first, and closes by the key in the address', () => {
    const [critical, other] = [ruleOf('operations-open-critical'), ruleOf('operations-open')];
    expect(critical?.EventPattern.detail.severity).toEqual(['critical']);
    expect(critical?.Targets[0].InputTransformer.InputTemplate).toContain('"priority":"P1"');
    expect(other?.EventPattern.detail.severity).toEqual(['warning', 'info']);
    expect(other?.Targets[0].InputTransformer.InputTemplate).toContain('"priority":"P3"');
    expect(addressOf('operations-closed')).toBe('https://api.opsgenie.com/v2/alerts/*/close');
    expect(ruleOf('operations-closed')?.Targets[0].HttpParameters).toEqual({
      PathParameterValues: ['$.detail.alert.key'],
      QueryStringParameters: { identifierType: 'alias' },
    });
  });

  it('any other tool is posted the notice itself, of the stages that are named', () => {
    expect(ruleOf('board-all')?.EventPattern).toMatchObject({ 'detail-type': ['digest'] });
    expect(ruleOf('board-all')?.Targets[0]).toMatchObject({ InputPath: '$.detail' });
    expect(addressOf('board-all')).toBe(url);
  });

  it('DevOps Agent is posted by a function that reads the one secret', () => {
    expect(JSON.parse(variablesOf('healing-post-to-investigate').SIGNED_WEBHOOK)).toMatchObject({ url: 'https://agent.example.com/' });
    expect(ruleOf('investigate-Open')?.EventPattern).toMatchObject({
      'detail-type': ['handed-off', 'storm'],
      detail: { alert: { state: ['open'] } },
    });
  });

  it('no rule is without a queue for what was not taken', () => {
    const rules = of('AWS::Events::Rule').filter(({ EventBusName }) => EventBusName !== undefined);
    expect(rules).toHaveLength(7);
    const [policy] = of('AWS::SQS::QueuePolicy').filter((each) => JSON.stringify(each).includes('ArnEquals'));
    const [statement] = policy.PolicyDocument.Statement.filter((each: { Condition?: object }) =>
      JSON.stringify(each).includes('ArnEquals'),
    );
    expect(statement.Condition.ArnEquals['aws:SourceArn']).toHaveLength(7);
    for (const { Targets } of rules) expect(Targets[0]).toHaveProperty('DeadLetterConfig');
  });

  it.each([
    ['a name with a space', () => Webhook.json('my board', { url, authorization }), 'small letters, digits and hyphens'],
    ['an address without TLS', () => Webhook.json('board', { url: 'http://board.example.com', authorization }), 'https'],
    ['an address with a *', () => Webhook.json('board', { url: 'https://board.example.com/*', authorization }), 'no \\*'],
    ['a password in the address', () => Webhook.json('board', { url: 'https://anna:secret@board.example.com', authorization }), 'password'],
    ['what is never sent', () => Webhook.json('board', { url: 'https://board.example.com/#now', authorization }), 'no # in it'],
    ['a | in the address', () => Webhook.json('board', { url: 'https://board.example.com/a|b', authorization }), '%XX'],
    ['an ü in the address', () => Webhook.json('board', { url: 'https://board.example.com/ü', authorization }), '%XX'],
    ['braces in the address', () => Webhook.json('board', { url: 'https://board.example.com/?x={y}', authorization }), '%XX'],
    ['an address of IPv6', () => Webhook.json('board', { url: 'https://[2606:4700::1]/x', authorization }), '%XX'],
    ['an address that is too long', () => Webhook.json('board', { url: `${url}${'x'.repeat(2_048)}`, authorization }), '2048'],
    ['no stage at all', () => Webhook.pagerDuty('oncall', { routingKey: key, stages: [] }), 'webhooks.oncall.stages'],
  ])('%s is refused', (_, make, words) => {
    expect(make).toThrow(new RegExp(words));
  });

  it.each([
    ...['localhost', 'a.localhost', '127.1', '0x7f000001', '10.1.2.3', '169.254.169.254', '172.20.0.1', '192.168.1.1', '0.0.0.0'],
    ...['100.64.0.1', '[::1]', '[::ffff:127.0.0.1]', '[::ffff:a9fe:a9fe]', '[fd00:ec2::254]', '[fe80::1]'],
  ])('%s is refused, where no tool on the internet is', (host) => {
    expect(() => Webhook.json('board', { url: `https://${host}/`, authorization })).toThrow('must be an address of the internet');
  });

  it('two of one name are refused, and so is a policy that the pipeline does not have', () => {
    const board = Webhook.json('board', { url, authorization });
    expect(() => shop(() => ({ webhooks: [board, board] }))).toThrow('board is there twice');
    const wrong = Webhook.json('board', { url, authorization, policies: ['Web-cpu'] });
    expect(() => shop(() => ({ webhooks: [wrong] }))).toThrow('notify.webhooks.board.policies: the pipeline has no policy Web-cpu');
  });
});

describe('once a week', () => {
  const emails = ['oncall@example.com'];
  const scheduled = (digest: NonNullable<HealingPipelineProps['notify']>['digest']) => {
    const { of, variablesOf } = shop(() => ({ emails, ...(digest !== undefined && { digest }) }));
    const schedules = of('AWS::Events::Rule').flatMap(({ ScheduleExpression = '' }) =>
      ScheduleExpression.startsWith('cron') ? [ScheduleExpression] : [],
    );
    return { of, schedules, variables: variablesOf('healing-digest') };
  };

  it.each([
    [undefined, []],
    [false, []],
    [true, ['cron(0 7 ? * MON *)']],
    [{ day: 'FRI', hour: 14 }, ['cron(0 14 ? * FRI *)']],
  ] as const)('with %j a digest comes at %j', (digest, expected) => {
    const { schedules, variables } = scheduled(digest);
    expect(schedules).toEqual(expected);
    expect(variables !== undefined).toBe(expected.length > 0);
  });

  it('a digest that fails is tried again, and then an alarm tells of it', () => {
    const { of } = scheduled(true);
    expect(of('AWS::Lambda::EventInvokeConfig')).toContainEqual(
      expect.objectContaining({ MaximumRetryAttempts: 2, MaximumEventAgeInSeconds: 3_600 }),
    );
    expect(of('AWS::CloudWatch::Alarm').map(({ AlarmName }) => AlarmName)).toContain('healing-watch-digest');
  });

  it.each([{ hour: 24 }, { hour: 6.5 }])('%j is refused', (digest) => {
    expect(() => scheduled(digest)).toThrow('notify.digest.hour');
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

describe('the default app', () => {
  const app = unbundledApp();
  const stack = new SelfHealingStack(app, 'SelfHealing', {
    env: place,
    notify: {
      ...{ accountName: 'shop', bus: 'tools', opsItems: true, digest: true, pagerDutySecret: 'pagerduty', opsgenieSecret: 'opsgenie' },
      ...{ slack: { workspaceId: 'T0123456789', channelId: 'C0123456789' }, mails: { stages: ['handed-off'] } },
      devOpsAgent: { url: 'https://agent.example.com/', secret: 'agent' },
    },
    approvalLinks: { to: [{ name: 'Anna', email: 'anna@example.com' }] },
  });
  const deployed = new DeployedApp(app);
  const named = (type: string, property: string) => deployed.resources(stack, type).map(({ properties }) => properties[property]);

  it('deploys every way that it names', () => {
    expect(named('AWS::Events::Connection', 'Name')).toEqual(expect.arrayContaining(['healing-pagerduty', 'healing-opsgenie']));
    expect(named('AWS::Chatbot::SlackChannelConfiguration', 'SlackChannelId')).toEqual(['C0123456789']);
    expect(named('AWS::Lambda::Function', 'FunctionName')).toEqual(
      expect.arrayContaining(['healing-keep-ops-items', 'healing-post-to-devops-agent', 'healing-digest', 'healing-answer-by-link']),
    );
    const conclude = deployed
      .resources(stack, 'AWS::Lambda::Function')
      .find(({ properties }) => properties.FunctionName === 'healing-conclude');
    expect(JSON.parse(conclude?.properties.Environment.Variables.NOTIFY)).toMatchObject({
      ...{ accountName: 'shop', mails: { stages: ['handed-off'] }, bus: expect.stringContaining('event-bus/tools') },
    });
  });
});
