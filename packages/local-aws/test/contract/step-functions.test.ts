import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { openSharedAws, type SharedAws } from '../../testing/shared-aws.ts';

let aws: SharedAws;
let client: SFNClient;
beforeAll(async () => {
  aws = await openSharedAws();
  client = new SFNClient(aws.client);
});
afterAll(() => aws.close());

const AT_ONCE = 20;

async function machine(name: string, states: object): Promise<string> {
  const definition = JSON.stringify({ StartAt: 'Only', States: { Only: states } });
  const roleArn = 'arn:aws:iam::000000000000:role/contract';
  const { stateMachineArn = '' } = await client.send(new CreateStateMachineCommand({ name, definition, roleArn }));
  return stateMachineArn;
}

/** Starts an execution and waits for its end; answers the events of its history, with their times in milliseconds. */
async function run(stateMachineArn: string): Promise<readonly { readonly type: string; readonly at: number }[]> {
  const { executionArn } = await client.send(new StartExecutionCommand({ stateMachineArn }));
  await vi.waitFor(
    async () => {
      const { status } = await client.send(new DescribeExecutionCommand({ executionArn }));
      if (status === 'RUNNING') throw new Error('still running');
    },
    { timeout: 60_000, interval: 200 },
  );
  const { events = [] } = await client.send(new GetExecutionHistoryCommand({ executionArn }));
  return events.map(({ type = '', timestamp }) => ({ type, at: timestamp?.getTime() ?? Number.NaN }));
}

/** Seconds from each failure of the task to its next try. */
async function waits(stateMachineArn: string): Promise<readonly number[]> {
  const events = await run(stateMachineArn);
  return events.flatMap(({ type, at }, index) => {
    const next = events[index + 1];
    return type === 'TaskFailed' && next?.type === 'TaskScheduled' ? [(next.at - at) / 1_000] : [];
  });
}

/** Calls a function that does not exist. */
const failing = (retrier: object) => ({
  Type: 'Task',
  Resource: 'arn:aws:lambda:us-east-1:000000000000:function:is-not-there',
  Retry: [{ ErrorEquals: ['States.ALL'], ...retrier }],
  End: true,
});

describe('a task that fails', () => {
  it('is tried again after delays that grow up to their maximum', async () => {
    const stateMachineArn = await machine(
      'grows-to-its-maximum',
      failing({ IntervalSeconds: 1, BackoffRate: 20, MaxDelaySeconds: 2, MaxAttempts: 3 }),
    );
    const [first = 0, second = 0, third = 0, ...more] = await waits(stateMachineArn);
    expect(more).toEqual([]);
    expect(first).toBeGreaterThanOrEqual(1);
    for (const capped of [second, third]) expect(capped).toBeGreaterThanOrEqual(2);
    // Without the maximum the second would be 20 s.
    expect(second).toBeLessThan(15);
  });

  it('with full jitter is tried again at any time up to the delay, so that what failed together does not come back together', async () => {
    const jitter = { IntervalSeconds: 4, MaxAttempts: 1, JitterStrategy: 'FULL' };
    const stateMachineArn = await machine('comes-back-spread', failing(jitter));
    const found = (await Promise.all(Array.from({ length: AT_ONCE }, () => waits(stateMachineArn)))).flat();
    expect(found).toHaveLength(AT_ONCE);
    // That twenty random waits all lie within one half of the delay happens once in a million runs.
    expect(Math.min(...found)).toBeLessThan(2);
    expect(Math.max(...found) - Math.min(...found)).toBeGreaterThan(1);
  });

  it('without jitter waits for the whole delay', async () => {
    const stateMachineArn = await machine('waits-whole', failing({ IntervalSeconds: 1, MaxAttempts: 1, JitterStrategy: 'NONE' }));
    const [only = 0] = await waits(stateMachineArn);
    expect(only).toBeGreaterThanOrEqual(1);
  });
});

describe("MiniStack's own sleep before the first state", () => {
  const setSleep = async (sleepSeconds: number) => {
    const response = await fetch(`http://127.0.0.1:${inject('ministackPort')}/_local-aws/execution-start`, {
      method: 'POST',
      body: JSON.stringify({ sleepSeconds }),
    });
    expect(response.status).toBe(200);
  };
  const sleptFor = async (stateMachineArn: string) => {
    const [start, entered] = await run(stateMachineArn);
    return ((entered?.at ?? Number.NaN) - (start?.at ?? Number.NaN)) / 1_000;
  };

  it('is there unless it is taken away, for who measures', async () => {
    const stateMachineArn = await machine('sleeps-at-its-start', { Type: 'Pass', End: true });
    expect(await sleptFor(stateMachineArn)).toBeGreaterThanOrEqual(0.14);
    await setSleep(0);
    try {
      const tries = await Promise.all([1, 2, 3, 4, 5].map(() => sleptFor(stateMachineArn)));
      expect(Math.min(...tries)).toBeLessThan(0.14);
    } finally {
      await setSleep(0.15);
    }
  });
});
