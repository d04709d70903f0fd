import { CloudWatchClient, PutMetricAlarmCommand, SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import { CreateTopicCommand, PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { createCloudWatch } from '@self-healing/local-aws/services/cloudwatch.ts';
import { openSharedAws, type SharedAws } from '@self-healing/local-aws/testing/shared-aws.ts';
import { MINUTE } from '@self-healing/simulation/builders.ts';
import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Fleet } from '../../lib/fleet.ts';
import { HealingHub } from '../../lib/healing-hub.ts';
import { HealingPipeline } from '../../lib/healing-pipeline.ts';
import type { NotificationsProps } from '../../lib/notifications-props.ts';
import { unbundledApp } from '../support/default-stack.ts';
import { onlyResource } from '../support/template.ts';

const emails = ['oncall@example.com'];

let aws: SharedAws;
let sns: SNSClient;
let cloudwatch: CloudWatchClient;
beforeAll(async () => {
  aws = await openSharedAws([createCloudWatch({ handSetHoldMs: MINUTE })]);
  sns = new SNSClient(aws.client);
  cloudwatch = new CloudWatchClient(aws.client);
});
afterAll(() => aws.close());

/** A topic with a queue in the place of a mailbox, subscribed with the filter of a subscription, if it has one. */
async function mailbox(name: string, filter: object | undefined) {
  const { TopicArn = '' } = await sns.send(new CreateTopicCommand({ Name: name }));
  const { QueueUrl } = await aws.upstream.call('sqs', 'CreateQueue', { QueueName: name });
  const Endpoint = `arn:aws:sqs:us-east-1:000000000000:${name}`;
  const Attributes = filter && { FilterPolicy: JSON.stringify(filter) };
  await aws.upstream.call('sns', 'Subscribe', { TopicArn, Protocol: 'sqs', Endpoint, ...(Attributes && { Attributes }) });
  return {
    topic: TopicArn,
    async subjects(): Promise<readonly string[]> {
      const { Messages = [] } = await aws.upstream.call('sqs', 'ReceiveMessage', { QueueUrl, MaxNumberOfMessages: 10 });
      return (Messages as readonly { Body: string }[]).map(({ Body }) => JSON.parse(Body).Subject);
    },
  };
}

/** Has an alarm go off that tells a topic, as those about the pipeline itself do. */
async function alarm(AlarmName: string, topic: string): Promise<void> {
  const metric = { Namespace: 'Contract', MetricName: AlarmName, Statistic: 'Sum' as const, Period: 60 };
  const judged = { EvaluationPeriods: 1, Threshold: 0, ComparisonOperator: 'GreaterThanThreshold' as const };
  await cloudwatch.send(new PutMetricAlarmCommand({ AlarmName, ...metric, ...judged, AlarmActions: [topic] }));
  await cloudwatch.send(new SetAlarmStateCommand({ AlarmName, StateValue: 'ALARM', StateReason: 'a letter' }));
}

function pipeline(scope: Construct, notify: NotificationsProps): void {
  const healing = new HealingPipeline(scope, 'Healing', { notify });
  healing.protectFleet('Web', { fleet: Fleet.ofAutoScalingGroup('web'), groupCpu: {} });
}

const notice = (topic: string) =>
  new PublishCommand({
    TopicArn: topic,
    Subject: 'HANDED OFF',
    Message: 'what to do',
    MessageAttributes: { stage: { DataType: 'String', StringValue: 'handed-off' } },
  });

describe('an alarm about the pipeline itself is mailed', () => {
  it.each([
    ['pipeline', (scope: Construct) => pipeline(scope, { emails })],
    ['pipeline with a given topic', (scope: Construct) => pipeline(scope, { emails, topic: new Topic(scope, 'Oncall') })],
    ['hub', (scope: Construct) => new HealingHub(scope, 'Hub', { organization: 'o-a1b2c3d4e5', notify: { emails } })],
  ])('by the subscriptions of a %s, as is a hand-off', async (of, made) => {
    const stack = new Stack(unbundledApp(), 'Mailed');
    made(stack);
    const { Properties } = onlyResource('AWS::SNS::Subscription', Template.fromStack(stack));
    const name = `contract-${of.replaceAll(' ', '-')}`;
    const { topic, subjects } = await mailbox(name, Properties.FilterPolicy);
    await alarm(name, topic);
    await sns.send(notice(topic));
    expect(await subjects()).toEqual([expect.stringContaining(`ALARM: "${name}"`), 'HANDED OFF']);
  });
});

it('no filter lets an alarm through, which has no attributes: also not one by the absence of an attribute', async () => {
  const { topic, subjects } = await mailbox('contract-filtered', { unmailed: [{ exists: false }] });
  await alarm('contract-filtered', topic);
  await sns.send(notice(topic));
  expect(await subjects()).toEqual(['HANDED OFF']);
});
