import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import type { Notifier } from '../core/ports.ts';
import { redacted } from '../core/redaction.ts';
import { burstClient, reading } from './aws-call.ts';

/** The notification topic. A message sent twice does less harm than one not sent, so the SDK's retries apply. */
export function notifier(topicArn: string, client = new SNSClient(burstClient)): Notifier {
  return {
    async publish({ subject, body, attributes }) {
      const MessageAttributes = Object.fromEntries(
        Object.entries(attributes).map(([name, StringValue]) => [name, { DataType: 'String', StringValue }]),
      );
      const command = new PublishCommand({ TopicArn: topicArn, Subject: redacted(subject), Message: redacted(body), MessageAttributes });
      await reading('publish the message', () => client.send(command));
    },
  };
}
