import * as z from 'zod';
import type { Upstream } from '../local-aws/supplement.ts';
import type { SentMessage } from '../report/scenario-result.ts';

/** SNS's envelope around a message in a queue. */
const envelopeSchema = z.object({ Subject: z.string().optional(), Message: z.string(), Timestamp: z.string() });

const QUEUE = 'rehearsal-mailbox';

/** A queue that is subscribed to the notifications, in the place of a person's mailbox. */
export class Mailbox {
  readonly #upstream: Upstream;
  readonly #messages: SentMessage[] = [];
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

  /** Every message so far. */
  async read(): Promise<readonly SentMessage[]> {
    for (;;) {
      const answer = await this.#upstream.call('sqs', 'ReceiveMessage', {
        QueueUrl: this.url,
        MaxNumberOfMessages: 10,
        WaitTimeSeconds: 0,
      });
      const received = (answer.Messages ?? []) as readonly { Body: string; ReceiptHandle: string }[];
      if (received.length === 0) return this.#messages;
      for (const { Body, ReceiptHandle } of received) {
        const { Subject = '', Message, Timestamp } = envelopeSchema.parse(JSON.parse(Body));
        this.#messages.push({ at: new Date(Timestamp).toISOString(), subject: Subject, body: Message });
        await this.#upstream.call('sqs', 'DeleteMessage', { QueueUrl: this.url, ReceiptHandle });
      }
    }
  }
}
