import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  DescribeLogStreamsCommand,
  FilterLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { openSharedAws, type SharedAws } from '@self-healing/local-aws/testing/shared-aws.ts';
import { anIncident } from '@self-healing/simulation/builders.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { historyLog } from '../../lambdas/adapters/cloudwatch-logs.ts';
import { iso } from '../../lambdas/core/duration.ts';
import { incidentLine } from '../../lambdas/core/history-line.ts';

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
  it('has each line as one JSON event at its own time, in one stream of its day', async () => {
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

  it('has one stream a day for all writers of a kind, made by the first of thirty at once', async () => {
    const now = Date.now();
    const before = aws.count('CreateLogStream');
    const writers = Array.from({ length: 30 }, () => historyLog(logGroupName, 'verify', client));
    await writers[0]?.write(incidentLine('verification', anIncident(), 'first', now));
    await Promise.all(writers.map((writer) => writer.write(incidentLine('verification', anIncident(), 'same day', now))));
    expect(aws.count('CreateLogStream') - before).toBe(1);
    await writers[1]?.write(incidentLine('verification', anIncident(), 'next day', now + 86_400_000));
    const { logStreams = [] } = await client.send(new DescribeLogStreamsCommand({ logGroupName, logStreamNamePrefix: 'verify/' }));
    expect(logStreams.map(({ logStreamName }) => logStreamName)).toEqual(
      [now, now + 86_400_000].map((at) => `verify/${iso(at).slice(0, 10)}`),
    );
  });

  it('takes the first lines of a day of many writers at once', async () => {
    const tomorrow = Date.now() + 86_400_000;
    const writers = Array.from({ length: 20 }, () => historyLog(logGroupName, 'conclude', client));
    await Promise.all(writers.map((writer, index) => writer.write(incidentLine('outcome', anIncident(), `of the day ${index}`, tomorrow))));
    const { events = [] } = await client.send(new FilterLogEventsCommand({ logGroupName, filterPattern: '"of the day"' }));
    expect(new Set(events.map(({ message = '' }) => JSON.parse(message).text)).size).toBe(20);
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
