import type { Upstream } from '@self-healing/local-aws/gateway/service.ts';
import * as z from 'zod';
import { iso } from '../../lambdas/core/duration.ts';
import type { SentMessage } from '../report/scenario-result.ts';

/** SNS's envelope around a message in a queue. */
const envelopeSchema = z.object({
  Subject: z.string().optional(),
  Message: z.string(),
});

interface ReceivedMessage {
  readonly Body: string;
  readonly ReceiptHandle: string;
  readonly Attributes: { readonly SentTimestamp: string };
}

const QUEUE = 'rehearsal-mailbox';

/** A queue that is subscribed to the notifications, in the place of a person's mailbox. */
export class Mailbox {
  readonly #upstream: Upstream;
  readonly #messages: SentMessage[] = [];
  #reading: Promise<unknown> = Promise.resolve();
  url = '';

  constructor(upstream: Upstream) {
    this.#upstream = upstream;
  }

  async subscribe(topicArn: string): Promise<void> {
    const created = await this.#upstream.call('sqs', 'CreateQueue', { QueueName: QUEUE });
    this.url = String(created.QueueUrl);
    const { Attributes } = await this.#upstream.call('sqs', 'GetQueueAttributes', { QueueUrl: this.url, AttributeNames: ['QueueArn'] });
    const Endpoint = (Attributes as Record<string, string>).QueueArn;
    await this.#upstream.call('sns', 'Subscribe', { TopicArn: topicArn, Protocol: 'sqs', Endpoint });
  }

  /** Every message so far. One reading waits for the other, whose answer may hold a message that the queue shows to nobody else. */
  read(): Promise<readonly SentMessage[]> {
    const read = this.#reading.then(() => this.#read());
    this.#reading = read.catch(() => undefined);
    return read;
  }

  async #read(): Promise<readonly SentMessage[]> {
    for (;;) {
      const answer = await this.#upstream.call('sqs', 'ReceiveMessage', {
        QueueUrl: this.url,
        MaxNumberOfMessages: 10,
        WaitTimeSeconds: 0,
        // The queue's own time, since the local SNS cuts that of its envelope to whole seconds.
        MessageSystemAttributeNames: ['SentTimestamp'],
      });
      const received = (answer.Messages ?? []) as readonly ReceivedMessage[];
      if (received.length === 0) return [...this.#messages];
      for (const { Body, ReceiptHandle, Attributes } of received) {
        const { Subject = '', Message } = envelopeSchema.parse(JSON.parse(Body));
        this.#messages.push({ at: iso(Number(Attributes.SentTimestamp)), subject: Subject, body: Message });
        await this.#upstream.call('sqs', 'DeleteMessage', { QueueUrl: this.url, ReceiptHandle });
      }
    }
  }
}
