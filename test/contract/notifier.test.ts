import { CreateTopicCommand, SNSClient } from '@aws-sdk/client-sns';
import { openSharedAws, type SharedAws } from '@self-healing/local-aws/testing/shared-aws.ts';
import { anAttempt, anIncident, aPolicy, NOW } from '@self-healing/simulation/builders.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { notifier } from '../../lambdas/adapters/sns.ts';
import { report } from '../../lambdas/core/report.ts';

const QUEUE = 'contract-mailbox';

let aws: SharedAws;
let client: SNSClient;
let topic = '';
let queueUrl = '';

beforeAll(async () => {
  aws = await openSharedAws();
  client = new SNSClient(aws.client);
  ({ TopicArn: topic = '' } = await client.send(new CreateTopicCommand({ Name: 'contract-notifications' })));
  queueUrl = String((await aws.upstream.call('sqs', 'CreateQueue', { QueueName: QUEUE })).QueueUrl);
  const Endpoint = `arn:aws:sqs:us-east-1:000000000000:${QUEUE}`;
  await aws.upstream.call('sns', 'Subscribe', { TopicArn: topic, Protocol: 'sqs', Endpoint });
});
afterAll(() => aws.close());

describe('a message', () => {
  it('reaches who subscribed, with subject, text and the attributes by which it can be filtered', async () => {
    const end = { outcome: 'handed-off', reason: 'ladder-exhausted', why: 'zażółć: 1 of 1 remedies was tried' } as const;
    const message = report(anIncident(), aPolicy(), [anAttempt()], end, NOW);
    await notifier(topic, client).publish(message);
    const { Messages } = await aws.upstream.call('sqs', 'ReceiveMessage', { QueueUrl: queueUrl });
    const [received] = Messages as readonly { Body: string }[];
    const envelope = JSON.parse(received?.Body ?? '{}');
    expect(envelope).toMatchObject({ Subject: message.subject, Message: message.body, TopicArn: topic });
    expect(envelope.MessageAttributes).toEqual(
      Object.fromEntries(Object.entries(message.attributes).map(([name, Value]) => [name, { Type: 'String', Value }])),
    );
  });

  it('to a topic that does not exist is an error, never silence', async () => {
    const lost = notifier('arn:aws:sns:us-east-1:000000000000:contract-none', client);
    const message = { subject: 's', body: 'b', attributes: { policy: 'p', outcome: 'recovered', reason: 'healed' } };
    await expect(lost.publish(message)).rejects.toMatchObject({ name: 'TargetGone' });
  });
});
