import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import { CreateStateMachineCommand, SFNClient, StartExecutionCommand, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { openSharedAws, type SharedAws } from '@self-healing/local-aws/testing/shared-aws.ts';
import { MINUTE } from '@self-healing/simulation/builders.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pauseNotes } from '../../lambdas/adapters/dynamodb/pause-notes.ts';
import { repairNotes } from '../../lambdas/adapters/dynamodb/repair-notes.ts';
import { signalRules } from '../../lambdas/adapters/eventbridge.ts';
import { brokenWorkflows } from '../../lambdas/adapters/step-functions/broken-workflows.ts';
import type { BrokenWorkflow } from '../../lambdas/core/broken-workflow.ts';
import type { BrokenWorkflows } from '../../lambdas/core/ports.ts';
import { sweepSource } from '../../lambdas/core/sweep-source.ts';
import { newIncidentTable } from '../support/incident-tables.ts';

let aws: SharedAws;
beforeAll(async () => {
  aws = await openSharedAws();
});
afterAll(() => aws.close());

describe('the rules of a pipeline', () => {
  const PIPELINE = 'sweeping';
  let client: EventBridgeClient;
  let queue = '';

  const rule = (Name: string, pattern: object | undefined, State: 'ENABLED' | 'DISABLED' = 'ENABLED') =>
    client.send(
      new PutRuleCommand({
        Name,
        State,
        ...(pattern ? { EventPattern: JSON.stringify(pattern) } : { ScheduleExpression: 'rate(7 days)' }),
      }),
    );
  const patternOf = (alarmName: string, pipeline = PIPELINE) => ({
    source: ['aws.cloudwatch', sweepSource(pipeline)],
    'detail-type': ['CloudWatch Alarm State Change', 'CloudWatch Alarm Contributor State Change'],
    detail: { alarmName: [alarmName], state: { value: ['ALARM', { exists: false }] } },
  });

  beforeAll(async () => {
    client = new EventBridgeClient(aws.client);
    // More than one page of rules.
    for (let number = 0; number < 101; number += 1) await rule(`${PIPELINE}.Many-${number}`, patternOf(`many-${number}`));
    const storage = {
      source: ['aws.cloudwatch', sweepSource(PIPELINE), 'aws.rds'],
      detail: { $or: [{ alarmName: ['storage'] }, { EventID: ['x'] }] },
    };
    await rule(`${PIPELINE}.Storage`, storage);
    await rule(`${PIPELINE}.Off`, patternOf('off'), 'DISABLED');
    await rule(`${PIPELINE}-2.Other`, patternOf('of-another-pipeline', `${PIPELINE}-2`));
    await rule(`${PIPELINE}.Schedule`, undefined);
    const { QueueUrl } = await aws.upstream.call('sqs', 'CreateQueue', { QueueName: 'sweeping' });
    queue = String(QueueUrl);
    const { Attributes } = await aws.upstream.call('sqs', 'GetQueueAttributes', { QueueUrl: queue, AttributeNames: ['QueueArn'] });
    const Arn = (Attributes as Record<string, string>).QueueArn;
    await client.send(new PutTargetsCommand({ Rule: `${PIPELINE}.Many-7`, Targets: [{ Id: 'queue', Arn }] }));
  });

  async function received(): Promise<readonly { source: string; 'detail-type': string; detail: object }[]> {
    const { Messages = [] } = await aws.upstream.call('sqs', 'ReceiveMessage', {
      QueueUrl: queue,
      MaxNumberOfMessages: 10,
      WaitTimeSeconds: 1,
    });
    return (Messages as readonly { Body: string }[]).map(({ Body }) => JSON.parse(Body));
  }

  it('say which alarms are watched: those of its own rules that are on', async () => {
    const watched = await signalRules(PIPELINE, client).watchedAlarms();
    expect(watched.toSorted()).toEqual([...Array.from({ length: 101 }, (_, number) => `many-${number}`), 'storage'].toSorted());
  });

  it('let in what they are told again, as from CloudWatch, in calls of ten', async () => {
    const standing = Array.from({ length: 12 }, (_, number) => ({
      alarmName: `many-${number}`,
      since: 1_793_614_800_123,
      reason: 'too much',
    }));
    const calls = aws.count('PutEvents');
    await signalRules(PIPELINE, client).tellAgain(standing);
    expect(aws.count('PutEvents')).toBe(calls + 2);
    expect(await received()).toMatchObject([
      {
        source: 'self-healing.sweeping',
        'detail-type': 'CloudWatch Alarm State Change',
        detail: { alarmName: 'many-7', state: { value: 'ALARM', timestamp: '2026-11-02T10:20:00.123Z' } },
      },
    ]);
  });

  it('are not reached by the sweep of another pipeline', async () => {
    await signalRules(`${PIPELINE}-2`, client).tellAgain([{ alarmName: 'many-7', since: 1, reason: '' }]);
    expect(await received()).toEqual([]);
  });
});

describe('workflows that broke', () => {
  let client: SFNClient;
  let stateMachineArn = '';
  let port: BrokenWorkflows;
  const executions = new Map<string, string>();

  beforeAll(async () => {
    client = new SFNClient(aws.client);
    const States = {
      Begin: {
        Type: 'Choice',
        Choices: [
          { Variable: '$.how', StringEquals: 'waits', Next: 'Wait' },
          { Variable: '$.how', StringEquals: 'fails at its end', Next: 'Decide' },
        ],
        Default: 'Done',
      },
      Wait: { Type: 'Wait', Seconds: 600, Next: 'Done' },
      Decide: { Type: 'Pass', Result: { do: 'conclude' }, ResultPath: '$.next', Next: 'Conclude' },
      Conclude: { Type: 'Fail', Error: 'AggregateError', Cause: 'nobody could be told' },
      Done: { Type: 'Pass', End: true },
    };
    const definition = JSON.stringify({ StartAt: 'Begin', States });
    const roleArn = 'arn:aws:iam::000000000000:role/contract';
    ({ stateMachineArn = '' } = await client.send(new CreateStateMachineCommand({ name: 'contract-broken', definition, roleArn })));
    port = brokenWorkflows(stateMachineArn, client);
    for (const how of ['waits', 'waits on', 'fails at its end', 'succeeds']) {
      const input = JSON.stringify({ how: how === 'waits on' ? 'waits' : how });
      const name = how.replaceAll(' ', '-');
      const { executionArn = '' } = await client.send(new StartExecutionCommand({ stateMachineArn, name, input }));
      executions.set(how, executionArn);
    }
    await client.send(new StopExecutionCommand({ executionArn: executions.get('waits'), error: 'Stopped', cause: 'by hand' }));
  });
  afterAll(() => client.send(new StopExecutionCommand({ executionArn: executions.get('waits on') })));

  const broken = async (since: number): Promise<readonly BrokenWorkflow[]> => port.since(since);

  it('are those that were aborted or failed, and not those that wait or succeeded', async () => {
    await expect
      .poll(async () => (await broken(Date.now() - MINUTE)).map(({ incidentId, how }) => `${incidentId} ${how}`).toSorted(), {
        timeout: 60_000,
      })
      .toEqual(['fails-at-its-end failed', 'waits was aborted']);
    for (const { brokenAt } of await broken(0)) expect(Math.abs(Date.now() - brokenAt)).toBeLessThan(MINUTE);
  });

  it('before the moment are not listed', async () => {
    expect(await broken(Date.now() + MINUTE)).toEqual([]);
  });

  it('knew last what they began with, and why they were ended', async () => {
    expect(await port.lastWords('waits')).toEqual({ state: { how: 'waits' }, why: 'Stopped: by hand' });
  });

  it('knew last what their conclusion was given', async () => {
    expect(await port.lastWords('fails-at-its-end')).toEqual({
      state: { how: 'fails at its end', next: { do: 'conclude' } },
      why: 'AggregateError: nobody could be told',
    });
  });

  it('that never were are an error', async () => {
    await expect(port.lastWords('nobody')).rejects.toMatchObject({ name: 'TargetGone' });
  });
});

describe('what sweeps note of workflows that broke', () => {
  const broken = (incidentId: string, brokenAt: number): BrokenWorkflow => ({ incidentId, brokenAt, how: 'failed' });

  it('is found again by when it broke, with the last note of each', async () => {
    const notes = repairNotes(await newIncidentTable(aws));
    expect([...(await notes.since(0))]).toEqual([]);
    await notes.write(broken('before', 1_793_614_800_000), { failures: 0, at: 1_793_614_900_000, done: true });
    await notes.write(broken('one', 1_793_614_800_001), { failures: 1, at: 1_793_614_900_000 });
    await notes.write(broken('one', 1_793_614_800_001), { failures: 2, at: 1_793_615_200_000 });
    await notes.write(broken('two', 1_793_614_800_001), { failures: 0, at: 1_793_614_900_000, done: true });
    expect([...(await notes.since(1_793_614_800_001))]).toEqual([
      ['one', { failures: 2, at: 1_793_615_200_000 }],
      ['two', { failures: 0, at: 1_793_614_900_000, done: true }],
    ]);
  });
});

describe('what the sweeps remember of a pause', () => {
  it('is there until it is over, beside what they remember of workflows', async () => {
    const table = await newIncidentTable(aws);
    const notes = pauseNotes(table);
    expect(await notes.read()).toBeUndefined();
    await notes.write({ since: 1, toldAt: 2 }, 2);
    expect(await notes.read()).toEqual({ since: 1, toldAt: 2 });
    await notes.write({ since: 3 }, 3);
    expect(await notes.read()).toEqual({ since: 3 });
    await notes.write(undefined, 4);
    expect(await notes.read()).toBeUndefined();
    expect(await repairNotes(table).since(0)).toEqual(new Map());
  });
});
