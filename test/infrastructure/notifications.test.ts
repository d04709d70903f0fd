import { SecretValue, Stack } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { Alias, Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { describe, expect, it } from 'vitest';
import { Fleet } from '../../lib/fleet.ts';
import { HealingPipeline, type HealingPipelineProps } from '../../lib/healing-pipeline.ts';
import type { NotificationsProps } from '../../lib/notifications-props.ts';
import { Webhook } from '../../lib/webhook.ts';
import { unbundledApp } from '../support/default-stack.ts';
import { DeployedApp } from '../support/deployed-app.ts';

const place = { account: '111122223333', region: 'eu-west-1' };
const keyArn = 'arn:aws:kms:eu-west-1:111122223333:key/0f0f0f0f-0000-4000-8000-000000000001';

function shop() {
  const app = unbundledApp();
  return { app, stack: new Stack(app, 'Shop', { env: place }) };
}

function healing(stack: Stack, notify: HealingPipelineProps['notify'] = {}): HealingPipeline {
  const pipeline = new HealingPipeline(stack, 'Healing', { notify });
  pipeline.protectFleet('Web', { fleet: Fleet.ofAutoScalingGroup('web'), groupCpu: {} });
  return pipeline;
}

/** What the roles of a stack may do with a resource. */
function allowedOn(app: DeployedApp, stack: Stack, resource: unknown): readonly (readonly string[])[] {
  return app
    .resources(stack, 'AWS::IAM::Policy')
    .flatMap(({ properties }) => properties.PolicyDocument.Statement)
    .filter(({ Resource }) => [Resource].flat().includes(resource))
    .map(({ Action }) => [Action].flat());
}

const byAlarms = expect.objectContaining({ Effect: 'Allow', Principal: { Service: 'cloudwatch.amazonaws.com' } });

describe('people are told', () => {
  it('on a topic of the pipeline, which is encrypted with a given key that alarms and functions may use', () => {
    const { app, stack } = shop();
    const key = new Key(stack, 'Key', { enableKeyRotation: true });
    healing(stack, { key });
    const deployed = new DeployedApp(app);
    const [topic] = deployed.resources(stack, 'AWS::SNS::Topic');
    expect(topic?.properties).toMatchObject({ TopicName: 'healing-notifications', KmsMasterKeyId: deployed.value(stack, key.keyArn) });
    expect(deployed.resources(stack, 'AWS::KMS::Key')[0]?.properties.KeyPolicy.Statement).toContainEqual(byAlarms);
    const used = allowedOn(deployed, stack, deployed.value(stack, key.keyArn));
    expect(used.length).toBeGreaterThanOrEqual(3);
    for (const actions of used) expect(actions).toEqual(['kms:Decrypt', 'kms:GenerateDataKey']);
  });

  it('on a topic of another stack, which alarms may publish to, by subscriptions in the stack of the pipeline', () => {
    const app = unbundledApp();
    const shared = new Stack(app, 'Shared');
    const topic = new Topic(shared, 'Oncall', { masterKey: new Key(shared, 'Key') });
    const stack = new Stack(app, 'Operations');
    const pipeline = healing(stack, { topic, emails: ['oncall@example.com'] });
    expect(pipeline.notifications.topic).toBe(topic);
    const deployed = new DeployedApp(app);
    expect(deployed.resources(stack, 'AWS::SNS::Topic')).toEqual([]);
    expect(deployed.resources(shared, 'AWS::SNS::TopicPolicy')[0]?.properties.PolicyDocument.Statement).toContainEqual(byAlarms);
    expect(deployed.resources(shared, 'AWS::KMS::Key')[0]?.properties.KeyPolicy.Statement).toContainEqual(byAlarms);
    const arn = deployed.value(shared, topic.topicArn);
    const [subscription] = deployed.resources(stack, 'AWS::SNS::Subscription');
    // Without a filter: alarms have no attributes, and no filter of SNS lets such a message through.
    expect(subscription?.properties).toEqual({ Endpoint: 'oncall@example.com', Protocol: 'email', TopicArn: arn });
    expect(allowedOn(deployed, stack, arn)).toContainEqual(['sns:Publish']);
    expect(allowedOn(deployed, stack, deployed.value(shared, topic.masterKey?.keyArn))).toContainEqual([
      'kms:Decrypt',
      'kms:GenerateDataKey',
    ]);
    const watching = deployed
      .resources(stack, 'AWS::CloudWatch::Alarm')
      .filter(({ properties }) => properties.AlarmName.startsWith('healing-watch-'));
    expect(watching.length).toBeGreaterThan(0);
    for (const { properties } of watching) expect(properties.AlarmActions).toEqual([arn]);
    expect(shared.dependencies).toEqual([]);
  });

  it('on an imported topic with an imported key, with a warning of what both policies need', () => {
    const { app, stack } = shop();
    const topic = Topic.fromTopicArn(stack, 'Topic', 'arn:aws:sns:eu-west-1:111122223333:oncall');
    healing(stack, { topic, key: Key.fromKeyArn(stack, 'Key', keyArn) });
    const warnings = Annotations.fromStack(stack)
      .findWarning('*', Match.anyValue())
      .map(({ entry }) => String(entry.data));
    expect(warnings.filter((text) => text.includes('cloudwatch.amazonaws.com') && text.includes('sns:Publish'))).toHaveLength(1);
    expect(warnings.filter((text) => text.includes('cloudwatch.amazonaws.com') && text.includes('kms:GenerateDataKey*'))).toHaveLength(1);
    const deployed = new DeployedApp(app);
    expect(deployed.resources(stack, 'AWS::SNS::Topic')).toEqual([]);
    expect(allowedOn(deployed, stack, 'arn:aws:sns:eu-west-1:111122223333:oncall')).toContainEqual(['sns:Publish']);
    expect(allowedOn(deployed, stack, keyArn)).toContainEqual(['kms:Decrypt', 'kms:GenerateDataKey']);
  });

  it.each([
    ['a FIFO topic', (stack: Stack) => ({ topic: new Topic(stack, 'Fifo', { fifo: true }) }), 'give a standard one'],
    [
      'a topic of another Region',
      (stack: Stack) => ({ topic: Topic.fromTopicArn(stack, 'Far', 'arn:aws:sns:us-east-1:111122223333:oncall') }),
      'in account 111122223333, Region us-east-1',
    ],
    ["AWS's own key of SNS", (stack: Stack) => ({ key: Alias.fromAliasName(stack, 'Own', 'alias/aws/sns') }), 'customer managed key'],
  ])('never on %s', (_, notify, words) => {
    const { stack } = shop();
    expect(() => healing(stack, notify(stack))).toThrow(words);
  });
});

/** What is given for a way, as far as it is an object. */
type Given<Way extends keyof NotificationsProps> = Extract<NotificationsProps[Way], object>;

/** The ways whose notices are chosen by policies: the compiler asks for each. */
type Filtered = {
  [Way in keyof NotificationsProps as [Given<Way>] extends [never]
    ? never
    : 'policies' extends keyof Given<Way>
      ? Way
      : never]-?: NotificationsProps;
};

describe('a policy that the pipeline does not have is refused', () => {
  const policies = ['Web-group-cpv'];
  const ways: Filtered & { readonly webhooks: NotificationsProps } = {
    mails: { mails: { policies } },
    chat: { chat: { policies } },
    opsItems: { opsItems: { policies } },
    webhooks: { webhooks: [Webhook.pagerDuty('oncall', { routingKey: SecretValue.secretsManager('x'), policies })] },
  };

  it.each(Object.entries(ways))('in the filter of %s', (way, notify) => {
    const { app, stack } = shop();
    healing(stack, notify);
    expect(() => app.synth()).toThrow(
      new RegExp(`notify\\.${way}.*policies: the pipeline has no policy Web-group-cpv, only Web-group-cpu`),
    );
  });
});
