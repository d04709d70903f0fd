import { DeleteParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { openSharedAws, type SharedAws } from '@self-healing/local-aws/testing/shared-aws.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pauseRecord, pauseSwitch } from '../../lambdas/adapters/ssm/pause-switch.ts';
import type { PauseSwitch } from '../../lambdas/core/ports.ts';

const Name = '/self-healing/contract/pause';

let aws: SharedAws;
let client: SSMClient;
let port: PauseSwitch;

beforeAll(async () => {
  aws = await openSharedAws();
  client = new SSMClient(aws.client);
  port = pauseSwitch(Name, client);
});
afterAll(() => aws.close());

async function set(Value: string): Promise<void> {
  await client.send(new PutParameterCommand({ Name, Value, Type: 'String', Overwrite: true }));
}

describe('the pause switch', () => {
  it('is read anew each time, never from a cache', async () => {
    await set('running');
    expect(await port.read()).toEqual({ kind: 'running' });
    await set('moving the database tonight');
    expect(await port.read()).toEqual({ kind: 'paused', why: 'the pause switch says: moving the database tonight' });
    await set('running');
    expect(await port.read()).toEqual({ kind: 'running' });
  });

  it.each(['Running!', 'false', '{"running":true}'])('pauses on the value %s, which is not the word', async (value) => {
    await set(value);
    expect((await port.read()).kind).toBe('paused');
  });

  it('ends its pause by itself at the time that it says, and only then', async () => {
    let now = Date.parse('2026-11-02T10:20:00.000Z');
    const timed = pauseSwitch(Name, client, () => now);
    await set('noon (by anna, 2026-11-02T10:20:00.000Z) [until 2026-11-02T11:20:00.000Z]');
    expect((await timed.read()).kind).toBe('paused');
    now += 3_600_000;
    expect(await timed.read()).toEqual({ kind: 'running' });
  });

  it('says who set it last, and when', async () => {
    const before = Date.now();
    await set('noon');
    const last = await pauseRecord(Name, client).last();
    expect(last).toMatchObject({ value: 'noon', by: expect.stringMatching(/^arn:/) });
    expect(Math.abs((last?.at ?? 0) - before)).toBeLessThan(60_000);
    expect(await pauseRecord('/self-healing/contract/none', client).last()).toBeUndefined();
  });

  it('pauses when it was deleted', async () => {
    await set('running');
    await client.send(new DeleteParameterCommand({ Name }));
    expect(await port.read()).toEqual({ kind: 'paused', why: 'the pause switch is empty or missing' });
  });
});
