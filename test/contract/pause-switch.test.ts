import { SSMProvider } from '@aws-lambda-powertools/parameters/ssm';
import { DeleteParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { openSharedAws, type SharedAws } from '@self-healing/local-aws/testing/shared-aws.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pauseSwitch } from '../../lambdas/adapters/ssm/pause-switch.ts';
import type { PauseSwitch } from '../../lambdas/core/ports.ts';

const Name = '/self-healing/contract/pause';

let aws: SharedAws;
let client: SSMClient;
let port: PauseSwitch;

beforeAll(async () => {
  aws = await openSharedAws();
  client = new SSMClient(aws.client);
  port = pauseSwitch(Name, new SSMProvider({ awsSdkV3Client: client }));
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

  it('pauses when it was deleted', async () => {
    await set('running');
    await client.send(new DeleteParameterCommand({ Name }));
    expect(await port.read()).toEqual({ kind: 'paused', why: 'the pause switch is empty or missing' });
  });
});
