import { type CloudWatchLogsClient, FilterLogEventsCommand, ResourceNotFoundException } from '@aws-sdk/client-cloudwatch-logs';
import type { HistoryLine } from '../../lambdas/core/history-line.ts';
import { fixtures } from './fixtures.ts';

export const historyLogGroup = `/self-healing/${fixtures.pipeline}/history`;

/** Reads the pipeline's history as a person would, from its log group. */
export class HistoryReader {
  readonly #client: CloudWatchLogsClient;

  constructor(client: CloudWatchLogsClient) {
    this.#client = client;
  }

  /** The lines since a time, oldest first. */
  async since(startTime: number): Promise<readonly HistoryLine[]> {
    const lines: HistoryLine[] = [];
    let nextToken: string | undefined;
    do {
      const page = await this.#client
        .send(new FilterLogEventsCommand({ logGroupName: historyLogGroup, startTime, nextToken }))
        .catch((error: unknown) => {
          if (error instanceof ResourceNotFoundException) return { events: [], nextToken: undefined };
          throw error;
        });
      lines.push(...(page.events ?? []).map(({ message = '{}' }) => JSON.parse(message) as HistoryLine));
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
    return lines.toSorted((left, right) => left.at.localeCompare(right.at));
  }
}
