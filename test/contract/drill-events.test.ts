import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { openSharedAws, type SharedAws } from '@self-healing/local-aws/testing/shared-aws.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { drillEvents } from '../../lambdas/adapters/eventbridge.ts';
import { DRILL, drillSource } from '../../lambdas/core/drill.ts';
import { parseSignal } from '../../lambdas/core/signal.ts';

const QUEUE = 'contract-drill-events';
const PIPELINE = 'contract-drills';
const request = { policy: 'Web-memory', drill: '0123456789abcdef', target: 'i-0123456789abcdef0' };

let aws: SharedAws;
let client: EventBridgeClient;
let queueUrl = '';

beforeAll(async () => {
  aws = await openSharedAws();
  client = new EventBridgeClient({ ...aws.client, maxAttempts: 2 });
  queueUrl = String((await aws.upstream.call('sqs', 'CreateQueue', { QueueName: QUEUE })).QueueUrl);
  // As the rule of a policy has it, beside the alternative of its alarm.
  const EventPattern = JSON.stringify({
    source: ['aws.cloudwatch', drillSource(PIPELINE)],
    'detail-type': ['CloudWatch Alarm State Change', DRILL],
    detail: { $or: [{ alarmName: ['web'] }, { policy: ['Web-memory'], drill: [{ exists: true }] }] },
  });
  await aws.upstream.call('events', 'PutRule', { Name: 'contract-drills', EventPattern });
  const Targets = [{ Id: 'queue', Arn: `arn:aws:sqs:us-east-1:000000000000:${QUEUE}` }];
  await aws.upstream.call('events', 'PutTargets', { Rule: 'contract-drills', Targets });
});
afterAll(() => aws.close());

describe('the event of a drill on the default bus', () => {
  it('comes to the rule of its policy alone, and is the signal of a drill with a time of the bus', async () => {
    const before = Date.now();
    await drillEvents(PIPELINE, client).tell({ ...request, policy: 'Web-disk' });
    await drillEvents(PIPELINE, client).tell(request);
    const { Messages } = await aws.upstream.call('sqs', 'ReceiveMessage', { QueueUrl: queueUrl, WaitTimeSeconds: 5 });
    const received = (Messages as readonly { Body: string }[]).map(({ Body }) => parseSignal(JSON.parse(Body)));
    expect(received).toMatchObject([{ drill: { id: request.drill, target: request.target } }]);
    const [signal] = received;
    expect(Math.abs((signal && 'at' in signal ? signal.at : 0) - before)).toBeLessThan(10_000);
  });
});
