import { randomUUID } from 'node:crypto';
import {
  CloudWatchLogsClient,
  CreateLogStreamCommand,
  PutLogEventsCommand,
  ResourceAlreadyExistsException,
} from '@aws-sdk/client-cloudwatch-logs';
import type { History } from '../core/ports.ts';
import { reading } from './aws-error.ts';

/** The history log group. Each function instance writes to a stream of its own, so that no two contend for one. */
export function historyLog(logGroupName: string, writer: string, client = new CloudWatchLogsClient({})): History {
  const logStreamName = `${writer}/${randomUUID()}`;
  let stream: Promise<void> | undefined;
  return {
    async write(line) {
      stream ??= createStream(client, logGroupName, logStreamName);
      await stream.catch((error) => {
        stream = undefined;
        throw error;
      });
      const logEvents = [{ timestamp: Date.parse(line.at), message: JSON.stringify(line) }];
      await reading('write the history', () => client.send(new PutLogEventsCommand({ logGroupName, logStreamName, logEvents })));
    },
  };
}

async function createStream(client: CloudWatchLogsClient, logGroupName: string, logStreamName: string): Promise<void> {
  try {
    await client.send(new CreateLogStreamCommand({ logGroupName, logStreamName }));
  } catch (error) {
    if (error instanceof ResourceAlreadyExistsException) return;
    await reading('create the history stream', () => Promise.reject(error));
  }
}
