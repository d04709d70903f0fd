import {
  CloudWatchLogsClient,
  CreateLogStreamCommand,
  FilterLogEventsCommand,
  PutLogEventsCommand,
  ResourceAlreadyExistsException,
  ResourceNotFoundException,
} from '@aws-sdk/client-cloudwatch-logs';
import type { Instant } from '../core/duration.ts';
import { filterPattern, type HistoryFilter, isWanted } from '../core/history-filter.ts';
import { type HistoryLine, redactedLine } from '../core/history-line.ts';
import type { History, PastHistory } from '../core/ports.ts';
import { readHistoryLine } from '../core/read-history-line.ts';
import { burstClient, reading } from './aws-call.ts';

/**
 * The history log group, with one stream a day for each kind of function. Streams take lines of many writers at once,
 * while only 50 streams can be made in a second: in a storm a stream for each function instance would be refused.
 */
export function historyLog(logGroupName: string, writer: string, client = new CloudWatchLogsClient(burstClient)): History {
  return {
    async write(line) {
      const logStreamName = `${writer}/${line.at.slice(0, 'YYYY-MM-DD'.length)}`;
      const logEvents = [{ timestamp: Date.parse(line.at), message: JSON.stringify(redactedLine(line)) }];
      const put = new PutLogEventsCommand({ logGroupName, logStreamName, logEvents });
      try {
        await client.send(put);
      } catch (error) {
        if (!(error instanceof ResourceNotFoundException)) return reading('write the history', () => Promise.reject(error));
        await createStream(client, logGroupName, logStreamName);
        await reading('write the history', () => client.send(put));
      }
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

/** How a read of the history is narrowed, and watched. */
export interface HistoryRead {
  readonly since: Instant;
  /** @default - every line */
  readonly filter?: HistoryFilter;
  /** Hears after each page how many lines were found so far. */
  readonly onPage?: (found: number) => void;
  /** Hears how many events were no lines, and so were left out. @default - it is written into the log of the function */
  readonly onUnreadable?: (count: number) => void;
}

function logUnreadable(count: number): void {
  console.warn(`${count} events of the history are no lines that this version reads; they are left out`);
}

/** The wanted lines of the history log group since an instant, oldest first. CloudWatch Logs picks them: of a year's lines few are sent. */
export async function historySince(
  logGroupName: string,
  { since, filter = {}, onPage, onUnreadable = logUnreadable }: HistoryRead,
  client = new CloudWatchLogsClient({}),
): Promise<readonly HistoryLine[]> {
  const lines: HistoryLine[] = [];
  const pattern = filterPattern(filter);
  let unreadable = 0;
  let nextToken: string | undefined;
  do {
    const command = new FilterLogEventsCommand({
      ...{ logGroupName, startTime: since, nextToken },
      ...(pattern !== undefined && { filterPattern: pattern }),
    });
    const page = await reading('read the history', () => client.send(command));
    for (const { message = '', logStreamName = '' } of page.events ?? []) {
      const line = readHistoryLine(message, logStreamName);
      if (line) lines.push(line);
      else unreadable += 1;
    }
    onPage?.(lines.length);
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  if (unreadable > 0) onUnreadable(unreadable);
  return lines.filter((line) => isWanted(filter, line)).toSorted((left, right) => left.at.localeCompare(right.at));
}

/** What a function looks back on. */
export function pastHistory(logGroupName: string, client = new CloudWatchLogsClient({})): PastHistory {
  return { since: (since, filter) => historySince(logGroupName, { since, filter }, client) };
}
