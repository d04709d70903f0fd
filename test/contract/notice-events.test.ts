import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { AwsError } from '@self-healing/local-aws/gateway/service.ts';
import { openSharedAws, type SharedAws } from '@self-healing/local-aws/testing/shared-aws.ts';
import { anAttempt, anIncident, aPolicy, NOW } from '@self-healing/simulation/builders.ts';
import { someOrigin } from '@self-healing/simulation/doubles/fake-ports.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { noticeEvents } from '../../lambdas/adapters/eventbridge.ts';
import { endNotice } from '../../lambdas/core/notice/end.ts';

const BUS = 'contract-notices';
const QUEUE = 'contract-notice-events';
const end = { outcome: 'handed-off', reason: 'ladder-exhausted', why: 'zażółć: 1 of 1 remedies was tried' } as const;
const notice = endNotice(someOrigin, { incident: anIncident(), policy: aPolicy(), attempts: [anAttempt()], end }, NOW);

let aws: SharedAws;
let client: EventBridgeClient;
let queueUrl = '';

beforeAll(async () => {
  aws = await openSharedAws();
  client = new EventBridgeClient({ ...aws.client, maxAttempts: 2 });
  await aws.upstream.call('events', 'CreateEventBus', { Name: BUS });
  queueUrl = String((await aws.upstream.call('sqs', 'CreateQueue', { QueueName: QUEUE })).QueueUrl);
  const EventPattern = JSON.stringify({ source: ['self-healing-notice.healing'], 'detail-type': ['handed-off'] });
  await aws.upstream.call('events', 'PutRule', { Name: 'contract-hand-offs', EventBusName: BUS, EventPattern });
  const Targets = [{ Id: 'queue', Arn: `arn:aws:sqs:us-east-1:000000000000:${QUEUE}` }];
  await aws.upstream.call('events', 'PutTargets', { Rule: 'contract-hand-offs', EventBusName: BUS, Targets });
});
afterAll(() => aws.close());

describe('a notice on a bus of the user’s', () => {
  it('comes whole, under the source of its pipeline and the type of its stage', async () => {
    await noticeEvents(BUS, client).send(notice);
    const { Messages } = await aws.upstream.call('sqs', 'ReceiveMessage', { QueueUrl: queueUrl, WaitTimeSeconds: 5 });
    const [received] = Messages as readonly { Body: string }[];
    expect(JSON.parse(received?.Body ?? '{}')).toMatchObject({
      ...{ source: 'self-healing-notice.healing', 'detail-type': 'handed-off' },
      detail: JSON.parse(JSON.stringify(notice)),
    });
  });

  it('that is out of order is an error after two tries', async () => {
    const before = aws.count('PutEvents');
    const error = new AwsError('InternalException', 'later', 500);
    aws.disturb('PutEvents', [{ error }, { error }]);
    await expect(noticeEvents(BUS, client).send(notice)).rejects.toMatchObject({ name: 'TryAgain' });
    expect(aws.count('PutEvents') - before).toBe(2);
  });
});
