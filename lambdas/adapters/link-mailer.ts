import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { Defect } from '../core/failure.ts';
import type { LinkMailer } from '../core/ports.ts';
import { burstClient, reading } from './aws-call.ts';

/** Mails by a topic of each holder, to which nobody but they are subscribed. The text is sent as it is: the link in it looks like a secret, and is one. */
export function linkMailer(topics: ReadonlyMap<string, string>, client = new SNSClient(burstClient)): LinkMailer {
  return {
    async send({ email }, { subject, body }) {
      const TopicArn = topics.get(email);
      if (TopicArn === undefined) throw new Defect('the holder has no topic', undefined);
      await reading('mail the link', () => client.send(new PublishCommand({ TopicArn, Subject: subject, Message: body })));
    },
  };
}
