import { ListSubscriptionsByTopicCommand, SNSClient } from '@aws-sdk/client-sns';
import type { Subscription } from '../core/doctor/readings.ts';
import { reading } from './aws-call.ts';

/** Who subscribed to a topic. SNS gives a subscription its ARN only when it is confirmed. */
export async function subscriptionsOf(topic: string, client = new SNSClient({})): Promise<readonly Subscription[]> {
  const found: Subscription[] = [];
  let NextToken: string | undefined;
  do {
    const command = new ListSubscriptionsByTopicCommand({ TopicArn: topic, NextToken });
    const page = await reading('list the subscriptions', () => client.send(command));
    for (const { SubscriptionArn = '', Protocol = '', Endpoint = '' } of page.Subscriptions ?? [])
      found.push({ topic, protocol: Protocol, endpoint: Endpoint, confirmed: SubscriptionArn.startsWith('arn:') });
    NextToken = page.NextToken;
  } while (NextToken);
  return found;
}
