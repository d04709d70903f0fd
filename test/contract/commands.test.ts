import { SSMClient } from '@aws-sdk/client-ssm';
import { createRunCommand } from '@self-healing/local-aws/services/run-command.ts';
import { openSharedAws, type SharedAws } from '@self-healing/local-aws/testing/shared-aws.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { commands } from '../../lambdas/adapters/ssm/commands.ts';
import type { CommandRequest, Commands } from '../../lambdas/core/ports.ts';
import { type ScriptedNode, scriptedNode } from '../support/scripted-node.ts';

const INSTANCE = 'i-0000000000000c0de';
const DOCUMENT = 'contract-restart';

let aws: SharedAws;
let port: Commands;
let simulated: ScriptedNode;
// A second of the delivery timeout lasts 20 ms, so that the agent's 30 s are over soon.
const runCommand = createRunCommand(
  { find: (id) => (id === INSTANCE ? simulated.node : undefined) },
  { secondsScale: 0.02, agentMinuteMs: 200 },
);

beforeAll(async () => {
  aws = await openSharedAws([runCommand]);
  port = commands(new SSMClient(aws.client), new SSMClient(aws.actor));
  const parameters = { Service: { type: 'String', interpolationType: 'ENV_VAR', allowedPattern: '^[a-z]+$' } };
  const mainSteps = [
    { action: 'aws:runShellScript', name: 'remedy', inputs: { timeoutSeconds: '60', runCommand: ['echo of the document'] } },
  ];
  const Content = JSON.stringify({ schemaVersion: '2.2', parameters, mainSteps });
  await runCommand.actions.CreateDocument?.({ Name: DOCUMENT, DocumentType: 'Command', Content }, aws.upstream);
});
afterAll(() => aws.close());
beforeEach(() => {
  simulated = scriptedNode(INSTANCE);
});

function request(more: Partial<CommandRequest> = {}): CommandRequest {
  return { document: DOCUMENT, instanceId: INSTANCE, parameters: { Service: 'web' }, token: 'token-0', ...more };
}

async function ended(id: string) {
  await expect.poll(async () => (await port.result(id, INSTANCE))?.status ?? 'running').not.toBe('running');
  return port.result(id, INSTANCE);
}

describe("an instance's agent", () => {
  it('is online while it answers and silent while it does not', async () => {
    expect(await port.agent(INSTANCE)).toEqual({ state: 'online', pingedAt: expect.any(Number) });
    simulated.node.agentOnline = false;
    expect(await port.agent(INSTANCE)).toMatchObject({ state: 'silent' });
  });

  it('of an instance that Systems Manager does not know is unregistered', async () => {
    expect(await port.agent('i-00000000')).toEqual({ state: 'unregistered' });
  });
});

describe('a command', () => {
  it('runs once, with its parameters, and says how it ended', async () => {
    simulated.ends({ stdout: 'restarted\n' });
    const result = await ended(await port.send(request()));
    expect(result).toEqual({ status: 'succeeded', detail: 'Success', exitCode: 0, output: 'restarted\n', errors: '' });
    expect(simulated.ran).toMatchObject([{ script: expect.stringContaining('echo of the document'), env: { SSM_Service: 'web' } }]);
  });

  it('is not known for a moment, then running, then over', async () => {
    const { promise, resolve } = Promise.withResolvers<object>();
    simulated.ends(promise);
    const id = await port.send(request());
    expect(await port.result(id, INSTANCE)).toBeUndefined();
    await expect.poll(() => port.result(id, INSTANCE)).toMatchObject({ status: 'running', detail: 'InProgress' });
    resolve({ stdout: 'done' });
    expect(await ended(id)).toMatchObject({ status: 'succeeded' });
  });

  it.each([
    ['failed when the script failed', { exitCode: 3, stderr: 'no such unit' }, { status: 'failed', exitCode: 3 }],
    ['timed out when the script had to be ended', { timedOut: true }, { status: 'timed-out', detail: 'ExecutionTimedOut' }],
  ])('has %s', async (_, end, expected) => {
    simulated.ends(end);
    expect(await ended(await port.send(request()))).toMatchObject(expected);
  });

  it.each(['', 'Step execution skipped due to unsatisfied preconditions: \'"StringEquals": [platformType, Linux]\'. Step name: remedy'])(
    'whose only step was for another platform has failed, whatever the agent says: %j',
    async (stdout) => {
      simulated.ends({ stdout });
      expect(await ended(await port.send(request()))).toMatchObject({
        status: 'failed',
        errors: "the remedy has no script for the instance's platform",
      });
    },
  );

  it('has timed out when a silent agent never fetched it, and never ran', async () => {
    simulated.node.agentOnline = false;
    expect(await ended(await port.send(request()))).toMatchObject({ status: 'timed-out', detail: 'DeliveryTimedOut' });
    expect(simulated.ran).toEqual([]);
  });

  it('is found by its token, and only by its own', async () => {
    const id = await port.send(request({ token: 'token-found' }));
    await expect.poll(() => port.find('token-found', INSTANCE)).toBe(id);
    expect(await port.find('token-foun', INSTANCE)).toBeUndefined();
    expect(await port.find('token-found', 'i-00000000')).toBeUndefined();
  });

  it('of another instance has no result here', async () => {
    expect(await port.result(await port.send(request()), 'i-00000000')).toBeUndefined();
  });

  it.each([
    ['a value that the document does not allow', { parameters: { Service: '; rm -rf /' } }, 'Defect'],
    ['a document that does not exist', { document: 'contract-none' }, 'Defect'],
    ['an instance that Systems Manager does not know', { instanceId: 'i-00000000' }, 'TargetGone'],
  ])('is refused with %s, and nothing runs', async (_, more, name) => {
    await expect(port.send(request(more))).rejects.toMatchObject({ name });
    expect(simulated.ran).toEqual([]);
  });
});
