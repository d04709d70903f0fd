import type { Upstream } from '@self-healing/local-aws/gateway/service.ts';

/**
 * URLs of the pipeline's queues of dead letters. CloudFormation names them, after stack and logical id.
 *
 * @throws Error when there is none: then nothing could be said of them, and an empty answer would look like none lost
 */
export async function deadLetterQueues(upstream: Upstream): Promise<readonly string[]> {
  const { QueueUrls = [] } = (await upstream.call('sqs', 'ListQueues', {})) as { QueueUrls?: readonly string[] };
  const found = QueueUrls.filter((url) => /dead-?letters/i.test(url));
  if (found.length === 0) throw new Error(`no queue of dead letters among ${QueueUrls.length} queues: ${QueueUrls.join(', ')}`);
  return found;
}
