import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CreateStateMachineCommand, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { DeleteParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { callerIdentity } from '../../lambdas/adapters/caller-identity.ts';
import { pauseDesk } from '../../lambdas/adapters/pause-desk.ts';
import { readRegister } from '../../lambdas/adapters/register.ts';
import { workflowDesk } from '../../lambdas/adapters/workflow-desk.ts';
import { registerName } from '../../lambdas/core/register.ts';
import { keepPauseSwitch } from '../../lambdas/steps/keep-pause-switch.ts';
import { openSharedAws, type SharedAws } from '../support/shared-aws.ts';

const Name = '/self-healing/operators/pause';

let aws: SharedAws;
let ssm: SSMClient;
beforeAll(async () => {
  aws = await openSharedAws();
  ssm = new SSMClient(aws.client);
});
afterAll(() => aws.close());

describe('the pause switch of the operators', () => {
  beforeEach(async () => {
    await ssm.send(new DeleteParameterCommand({ Name })).catch(() => {});
  });

  it('is made as running where there is none', async () => {
    const desk = pauseDesk(Name, ssm);
    expect(await desk.history()).toEqual([]);
    await desk.make('running');
    expect((await desk.history()).map(({ value }) => value)).toEqual(['running']);
  });

  it('keeps what it says when it is made again, and who said what before', async () => {
    const desk = pauseDesk(Name, ssm);
    await desk.make('running');
    await desk.set('noon');
    await desk.make('running');
    const entries = await desk.history();
    expect(entries.map(({ value }) => value)).toEqual(['running', 'noon']);
    expect(entries.every(({ by, at }) => by.startsWith('arn:') && !Number.isNaN(Date.parse(at)))).toBe(true);
  });
});

describe('a deployment', () => {
  let server: Server;
  const told: { Status?: string; PhysicalResourceId?: string; Reason?: string }[] = [];
  let url = '';
  beforeAll(async () => {
    server = createServer((request, response) => {
      let body = '';
      request.on('data', (part) => {
        body += part;
      });
      request.on('end', () => {
        told.push(JSON.parse(body));
        response.end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  });
  afterAll(() => void server.close());

  const deployed = (RequestType: 'Create' | 'Update' | 'Delete') => ({
    ...{ RequestType, ResponseURL: url, StackId: 'stack', RequestId: 'request', LogicalResourceId: 'PauseSwitch' },
    ResourceProperties: { Parameter: Name },
  });

  it.each(['Create', 'Update', 'Delete'] as const)('%s leaves a paused pipeline paused', async (type) => {
    const desk = pauseDesk(Name, ssm);
    await desk.set('somebody works on the database');
    await keepPauseSwitch(deployed(type), (parameter) => pauseDesk(parameter, ssm));
    expect((await desk.history()).at(-1)?.value).toBe('somebody works on the database');
    expect(told.at(-1)).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: Name });
  });

  it('fails and says why when the switch cannot be made', async () => {
    await keepPauseSwitch(deployed('Create'), () => ({ ...pauseDesk(Name, ssm), make: () => Promise.reject(new Error('denied')) }));
    expect(told.at(-1)).toMatchObject({ Status: 'FAILED', Reason: 'denied' });
  });
});

describe('the register', () => {
  it('is read as it was written, and missing where there is no such pipeline', async () => {
    const register = { table: 'incidents', workflow: 'arn:aws:states:::x', policies: { 'Web-memory': 'shadow' } };
    await ssm.send(
      new PutParameterCommand({ Name: registerName('contract'), Value: JSON.stringify(register), Type: 'String', Overwrite: true }),
    );
    expect(await readRegister('contract', ssm)).toEqual(register);
    expect(await readRegister('nobody', ssm)).toBeUndefined();
  });
});

describe('who runs the command', () => {
  it('is told by AWS, by id and ARN', async () => {
    const { userId, arn } = await callerIdentity(new STSClient(aws.client));
    expect(userId).not.toBe('');
    expect(arn).toMatch(/^arn:aws:/);
  });
});

describe('the workflow of the operators', () => {
  it('lists the open incidents, and cannot wake one that does not wait', async () => {
    const client = new SFNClient(aws.client);
    const definition = JSON.stringify({ StartAt: 'Hold', States: { Hold: { Type: 'Wait', Seconds: 30, End: true } } });
    const roleArn = 'arn:aws:iam::000000000000:role/none';
    const { stateMachineArn = '' } = await client.send(new CreateStateMachineCommand({ name: 'operators', definition, roleArn }));
    const desk = workflowDesk(stateMachineArn, client);
    expect(await desk.open(10)).toEqual([]);
    await client.send(new StartExecutionCommand({ stateMachineArn, name: 'a'.repeat(64) }));
    expect(await desk.open(10)).toEqual(['a'.repeat(64)]);
    expect(await desk.wake('a-token-of-nobody')).toBe('gone');
  });
});
