import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  DescribeLogStreamsCommand,
  FilterLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { historyLog } from '../../lambdas/adapters/history-log.ts';
import { iso } from '../../lambdas/core/duration.ts';
import { incidentLine } from '../../lambdas/core/history-line.ts';
import { anIncident } from '../support/builders.ts';
import { openSharedAws, type SharedAws } from '../support/shared-aws.ts';

const logGroupName = '/self-healing/contract/history';

let aws: SharedAws;
let client: CloudWatchLogsClient;

beforeAll(async () => {
  aws = await openSharedAws();
  client = new CloudWatchLogsClient(aws.client);
  await client.send(new CreateLogGroupCommand({ logGroupName }));
});
afterAll(() => aws.close());

describe('the history', () => {
  it('has each line as one JSON event at its own time, in one stream of the writer', async () => {
    const now = Date.now();
    const history = historyLog(logGroupName, 'triage', client);
    const lines = ['signal', 'decision'].map((text, index) => incidentLine('decision', anIncident(), text, now + index, { rung: index }));
    for (const line of lines) await history.write(line);
    const { events = [] } = await client.send(new FilterLogEventsCommand({ logGroupName }));
    expect(events.map(({ message = '' }) => JSON.parse(message))).toEqual(lines);
    expect(events.map(({ timestamp = 0 }) => iso(timestamp))).toEqual(lines.map(({ at }) => at));
    expect(new Set(events.map(({ logStreamName }) => logStreamName)).size).toBe(1);
    expect(aws.count('CreateLogStream')).toBe(1);
  });

  it('takes lines of one writer at once', async () => {
    const history = historyLog(logGroupName, 'at-once', client);
    const now = Date.now();
    await Promise.all(
      Array.from({ length: 20 }, (_, index) => history.write(incidentLine('acted', anIncident(), `at once ${index}`, now))),
    );
    const { events = [] } = await client.send(new FilterLogEventsCommand({ logGroupName, filterPattern: '"at once"' }));
    expect(new Set(events.map(({ message = '' }) => JSON.parse(message).text)).size).toBe(20);
  });

  it('gives every writer a stream of its own', async () => {
    const writers = [historyLog(logGroupName, 'verify', client), historyLog(logGroupName, 'verify', client)];
    for (const writer of writers) await writer.write(incidentLine('verification', anIncident(), 'gone', Date.now()));
    const { logStreams = [] } = await client.send(new DescribeLogStreamsCommand({ logGroupName, logStreamNamePrefix: 'verify/' }));
    expect(logStreams).toHaveLength(2);
  });

  it('of a log group that does not exist is an error, never silence, and the stream is tried anew', async () => {
    const history = historyLog('/self-healing/contract-late/history', 'conclude', client);
    const line = incidentLine('outcome', anIncident(), 'recovered', Date.now());
    await expect(history.write(line)).rejects.toMatchObject({ name: 'TargetGone' });
    await client.send(new CreateLogGroupCommand({ logGroupName: '/self-healing/contract-late/history' }));
    await history.write(line);
    const { events = [] } = await client.send(new FilterLogEventsCommand({ logGroupName: '/self-healing/contract-late/history' }));
    expect(events).toHaveLength(1);
  });
});
