import { CreateTopicCommand, SNSClient } from '@aws-sdk/client-sns';
import { openSharedAws, type SharedAws } from '@self-healing/local-aws/testing/shared-aws.ts';
import { anAttempt, anIncident, aPolicy, NOW } from '@self-healing/simulation/builders.ts';
import { someOrigin } from '@self-healing/simulation/doubles/fake-ports.ts';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { chatMessages, mails } from '../../lambdas/adapters/sns.ts';
import { attributesOf } from '../../lambdas/core/notice/attributes.ts';
import { chatMessage } from '../../lambdas/core/notice/chat.ts';
import { endNotice } from '../../lambdas/core/notice/end.ts';
import { mailOf } from '../../lambdas/core/notice/mail.ts';
import { startedNotice } from '../../lambdas/core/notice/on-the-way.ts';

const QUEUE = 'contract-mailbox';
const end = { outcome: 'handed-off', reason: 'ladder-exhausted', why: 'zażółć: 1 of 1 remedies was tried' } as const;
const notice = endNotice(someOrigin, { incident: anIncident(), policy: aPolicy(), attempts: [anAttempt()], end }, NOW);

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
afterEach(() => vi.unstubAllEnvs());

describe('a notice', () => {
  it('reaches who subscribed as mail, with the attributes by which it can be filtered', async () => {
    await mails(topic, client).send(notice);
    const { Messages } = await aws.upstream.call('sqs', 'ReceiveMessage', { QueueUrl: queueUrl });
    const [received] = Messages as readonly { Body: string }[];
    const envelope = JSON.parse(received?.Body ?? '{}');
    const { subject, body } = mailOf(notice);
    expect(envelope).toMatchObject({ Subject: subject, Message: body, TopicArn: topic });
    expect(envelope.MessageAttributes).toEqual(
      Object.fromEntries(Object.entries(attributesOf(notice)).map(([name, Value]) => [name, { Type: 'String', Value }])),
    );
  });

  it('reaches the topic of a chat channel in the schema that the channel takes', async () => {
    await chatMessages(topic, client).send(notice);
    const { Messages } = await aws.upstream.call('sqs', 'ReceiveMessage', { QueueUrl: queueUrl, MaxNumberOfMessages: 10 });
    const received = (Messages as readonly { Body: string }[]).map(({ Body }) => JSON.parse(Body).Message);
    expect(received).toContain(JSON.stringify(chatMessage(notice)));
  });

  it('to a topic that does not exist is an error, never silence', async () => {
    const lost = mails('arn:aws:sns:us-east-1:000000000000:contract-none', client);
    await expect(lost.send(notice)).rejects.toMatchObject({ name: 'TargetGone' });
  });

  it('is published to the topic only where it is mailed', async () => {
    const quietHours = { from: '00:00', to: '24:00', timeZone: 'UTC' };
    const environment = {
      ...{ PIPELINE: 'healing', TOPIC_ARN: topic, NOTIFY: JSON.stringify({ quietHours }) },
      ...{ AWS_ENDPOINT_URL: aws.client.endpoint, AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' },
    };
    for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
    const { notices } = await import('../../lambdas/handlers/notices.ts');
    const { publish } = notices({ write: async () => undefined });
    const before = aws.count('Publish');
    await publish((origin) => startedNotice(origin, anAttempt(), NOW, { incident: anIncident(), policy: aPolicy() }, NOW));
    expect(aws.count('Publish')).toBe(before);
    await publish(() => notice);
    expect(aws.count('Publish')).toBe(before + 1);
  });
});
