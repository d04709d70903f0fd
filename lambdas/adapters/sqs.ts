import { GetQueueAttributesCommand, GetQueueUrlCommand, SQSClient } from '@aws-sdk/client-sqs';
import { reading } from './aws-call.ts';

/** About how many messages wait in a queue, seen or unseen. */
export async function waitingIn(queueArn: string, client = new SQSClient({})): Promise<number> {
  const [, , , , QueueOwnerAWSAccountId, QueueName] = queueArn.split(':');
  const { QueueUrl } = await reading('find the queue', () => client.send(new GetQueueUrlCommand({ QueueName, QueueOwnerAWSAccountId })));
  const command = new GetQueueAttributesCommand({
    QueueUrl,
    AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
  });
  const { Attributes = {} } = await reading('count the messages of the queue', () => client.send(command));
  return Object.values(Attributes).reduce((sum, count) => sum + Number(count), 0);
}
