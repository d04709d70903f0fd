import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import type { Instant } from '../core/duration.ts';
import type { HistoryLine } from '../core/history-line.ts';
import { believable } from '../core/operator-deed.ts';
import { reading } from './aws-call.ts';

/** The lines of the history log group since an instant, oldest first. */
export async function historySince(
  logGroupName: string,
  startTime: Instant,
  client = new CloudWatchLogsClient({}),
): Promise<readonly HistoryLine[]> {
  const lines: HistoryLine[] = [];
  let nextToken: string | undefined;
  do {
    const command = new FilterLogEventsCommand({ logGroupName, startTime, nextToken });
    const page = await reading('read the history', () => client.send(command));
    for (const { message, logStreamName = '' } of page.events ?? [])
      if (message?.startsWith('{')) lines.push(believable(JSON.parse(message) as HistoryLine, logStreamName));
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  return lines.toSorted((left, right) => left.at.localeCompare(right.at));
}
