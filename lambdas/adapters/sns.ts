import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { attributesOf } from '../core/notice/attributes.ts';
import { mailOf } from '../core/notice/mail.ts';
import type { NoticeWay } from '../core/ports.ts';
import { burstClient, reading } from './aws-call.ts';

/** The notification topic, as mail. A message sent twice does less harm than one not sent, so the SDK's retries apply. */
export function mails(topicArn: string, settings: Parameters<typeof attributesOf>[1] = {}, client = new SNSClient(burstClient)): NoticeWay {
  return {
    name: 'mail',
    async send(notice) {
      const { subject, body } = mailOf(notice);
      const MessageAttributes = Object.fromEntries(
        Object.entries(attributesOf(notice, settings)).map(([name, StringValue]) => [name, { DataType: 'String', StringValue }]),
      );
      const command = new PublishCommand({ TopicArn: topicArn, Subject: subject, Message: body, MessageAttributes });
      await reading('publish the message', () => client.send(command));
    },
  };
}
