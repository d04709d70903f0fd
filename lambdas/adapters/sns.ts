import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { attributesOf } from '../core/notice/attributes.ts';
import { chatMessage } from '../core/notice/chat.ts';
import { mailOf } from '../core/notice/mail.ts';
import type { NoticeWay } from '../core/ports.ts';
import { besideClient, burstClient, reading } from './aws-call.ts';

/** The notification topic, as mail. A message sent twice does less harm than one not sent, so the SDK's retries apply. */
export function mails(topicArn: string, client = new SNSClient(burstClient)): NoticeWay {
  return {
    name: 'mail',
    async send(notice) {
      const { subject, body } = mailOf(notice);
      const MessageAttributes = Object.fromEntries(
        Object.entries(attributesOf(notice)).map(([name, StringValue]) => [name, { DataType: 'String', StringValue }]),
      );
      const command = new PublishCommand({ TopicArn: topicArn, Subject: subject, Message: body, MessageAttributes });
      await reading('publish the message', () => client.send(command));
    },
  };
}

/** The topic to which Amazon Q Developer in chat applications listens, in the schema of its custom notifications. */
export function chatMessages(topicArn: string, client = new SNSClient(besideClient)): NoticeWay {
  return {
    name: 'chat',
    async send(notice) {
      const command = new PublishCommand({ TopicArn: topicArn, Message: JSON.stringify(chatMessage(notice)) });
      await reading('publish the message for chat', () => client.send(command));
    },
  };
}
