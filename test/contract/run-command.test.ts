import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Upstream } from '../../rehearsal/local-aws/supplement.ts';
import { bootNode, type ManagedNode } from '../../rehearsal/nodes/managed-node.ts';
import { createRunCommand } from '../../rehearsal/supplements/run-command.ts';
import { documentScript, shell, untilAnswered, whyNoNodes } from '../support/nodes.ts';

const instanceId = 'i-0000000000000000c';

const upstream: Upstream = {
  call: () => Promise.reject(new Error('nothing here goes to the local AWS')),
  sendEvents: () => Promise.reject(new Error('no events are sent here')),
};

interface Answer {
  readonly Status: string;
  readonly StatusDetails: string;
  readonly ResponseCode: number;
  readonly StandardOutputContent: string;
  readonly StandardErrorContent: string;
}

describe.skipIf(whyNoNodes !== '')(`Run Command on a node${whyNoNodes}`, { timeout: 60_000 }, () => {
  let node: ManagedNode;
  // A second of the delivery timeout lasts 50 ms, so the least that AWS allows is over after 1.5 s.
  const { actions } = createRunCommand({ find: (id) => (id === instanceId ? node : undefined) }, { secondsScale: 0.05 });

  const call = async (action: string, parameters: Record<string, unknown>): Promise<Record<string, unknown>> => {
    const answer = actions[action];
    if (answer === undefined) throw new Error(`no action ${action}`);
    return answer(parameters, upstream);
  };

  let documents = 0;
  const createDocument = async (script: string, options: Record<string, unknown> = {}, step: Record<string, unknown> = {}) => {
    documents += 1;
    const Name = `document-${documents}`;
    const inputs = { runCommand: script.split('\n'), ...step };
    const precondition = { StringEquals: ['platformType', 'Linux'] };
    const mainSteps = [{ action: 'aws:runShellScript', name: 'run', precondition, inputs }];
    await call('CreateDocument', {
      Name,
      DocumentType: 'Command',
      Content: JSON.stringify({ schemaVersion: '2.2', ...options, mainSteps }),
    });
    return Name;
  };

  const send = async (DocumentName: string, more: Record<string, unknown> = {}): Promise<string> => {
    const { Command } = await call('SendCommand', { DocumentName, InstanceIds: [instanceId], TimeoutSeconds: 30, ...more });
    return (Command as { CommandId: string }).CommandId;
  };

  const invocation = async (CommandId: string) =>
    (await call('GetCommandInvocation', { CommandId, InstanceId: instanceId })) as unknown as Answer;

  /** Waits as the pipeline does: an invocation that cannot be found yet is asked for again. */
  const outcome = async (commandId: string): Promise<Answer> => {
    const isOver = async () => !['Pending', 'InProgress'].includes((await invocation(commandId)).Status);
    await expect.poll(() => isOver().catch(() => false), { timeout: 30_000, interval: 50 }).toBe(true);
    return invocation(commandId);
  };

  beforeAll(async () => {
    node = await bootNode({ name: 'run-command', instanceId });
  }, 60_000);
  afterAll(() => node?.destroy());

  it('runs the document inside the node, not on the host', async () => {
    const answer = await outcome(await send(await createDocument('hostname; cat /etc/rehearsal-node; id -u')));

    expect(answer.StandardOutputContent).toBe(`run-command\n${node.folder.unitName}0\n`);
    expect(answer).toMatchObject({ Status: 'Success', StatusDetails: 'Success', ResponseCode: 0, StandardErrorContent: '' });
  });

  it('hands ENV_VAR parameters over as data and replaces the braces of all others', async () => {
    const hostile = '"; touch /run/injected; $(touch /run/injected) `touch /run/injected` {{ Plain }}';
    const name = await createDocument('printf "%s|%s" "$SSM_Safe" "{{ Plain }} {{ Safe }}"', {
      parameters: { Safe: { type: 'String', interpolationType: 'ENV_VAR' }, Plain: { type: 'String', default: 'text' } },
    });

    const answer = await outcome(await send(name, { Parameters: { Safe: [hostile] } }));

    expect(answer.StandardOutputContent).toBe(`${hostile}|text {{ Safe }}`);
    expect((await node.exec(['test', '-e', '/run/injected'])).exitCode).toBe(1);
  });

  it('reports exit code and error output of a script that failed', async () => {
    const answer = await outcome(await send(await createDocument('echo out; echo err >&2; exit 12')));

    expect(answer).toMatchObject({ Status: 'Failed', StatusDetails: 'Failed', ResponseCode: 12, StandardOutputContent: 'out\n' });
    expect(answer.StandardErrorContent).toBe('err\nfailed to run commands: exit status 12');
  });

  it('ends a script at its time limit, with all its children', async () => {
    const name = await createDocument('sleep 1234 & echo started; sleep 1234', {}, { timeoutSeconds: '1' });

    const answer = await outcome(await send(name));

    expect(answer).toMatchObject({ Status: 'TimedOut', StatusDetails: 'ExecutionTimedOut', StandardOutputContent: 'started\n' });
    expect(await shell(node, 'pgrep -fc "^sleep 1234" || true')).toBe('0');
  });

  it('keeps 24,000 characters of the output and 8,000 of the errors', async () => {
    const answer = await outcome(
      await send(await createDocument('head -c 50000 /dev/zero | tr "\\0" o; head -c 50000 /dev/zero | tr "\\0" e >&2')),
    );

    expect(answer.StandardOutputContent).toBe('o'.repeat(24_000));
    expect(answer.StandardErrorContent).toBe('e'.repeat(8000));
  });

  it('hides a new command for a moment, and then finds it by its comment', async () => {
    const Comment = 'token-of-the-attempt';
    const CommandId = await send(await createDocument('true'), { Comment });

    await expect(invocation(CommandId)).rejects.toMatchObject({ code: 'InvocationDoesNotExist' });
    await outcome(CommandId);
    const { Commands } = await call('ListCommands', { InstanceId: instanceId, MaxResults: 50 });

    expect(Commands).toContainEqual(expect.objectContaining({ CommandId, Comment, Status: 'Success', TargetCount: 1, CompletedCount: 1 }));
  });

  it('stays in progress while the agent is silent, and then times out undelivered', async () => {
    node.agentOnline = false;
    const commandId = await send(await createDocument('touch /run/delivered-late'));
    await expect.poll(() => invocation(commandId).catch(() => undefined), { timeout: 5000 }).toMatchObject({ Status: 'InProgress' });
    const described = await call('DescribeInstanceInformation', { Filters: [{ Key: 'InstanceIds', Values: [instanceId] }] });

    const answer = await outcome(commandId);
    node.agentOnline = true;

    expect(answer).toMatchObject({ Status: 'TimedOut', StatusDetails: 'DeliveryTimedOut', ResponseCode: -1 });
    expect(described).toMatchObject({ InstanceInformationList: [{ InstanceId: instanceId, PingStatus: 'ConnectionLost' }] });
    expect((await node.exec(['test', '-e', '/run/delivered-late'])).exitCode).toBe(1);
  });

  it('delivers when the agent comes back in time', async () => {
    node.agentOnline = false;
    const commandId = await send(await createDocument('echo here'), { TimeoutSeconds: 600 });
    await expect.poll(() => invocation(commandId).catch(() => undefined)).toMatchObject({ Status: 'InProgress' });
    node.agentOnline = true;

    expect(await outcome(commandId)).toMatchObject({ Status: 'Success', StandardOutputContent: 'here\n' });
  });

  it('cancels a running command', async () => {
    const CommandId = await send(await createDocument('echo begun; sleep 1234'));
    await expect.poll(() => shell(node, 'pgrep -fc "^sleep 1234" || true')).toBe('1');

    await call('CancelCommand', { CommandId });

    expect(await outcome(CommandId)).toMatchObject({ Status: 'Cancelled', StandardOutputContent: 'begun\n' });
    expect(await shell(node, 'pgrep -fc "^sleep 1234" || true')).toBe('0');
  });

  it('reboots the node for exit code 194 and runs the script again', async () => {
    const name = await createDocument('test -e /var/tmp/rebooted && { echo again; exit 0; }; touch /var/tmp/rebooted; exit 194');
    const before = node.initPid();

    const answer = await outcome(await send(name));

    expect(answer).toMatchObject({ Status: 'Success', StandardOutputContent: 'again\n' });
    expect(node.initPid()).not.toBe(before);
  });

  it('counts as running, until its time is up, when the node dies under it', async () => {
    const commandId = await send(await createDocument('sleep 1234', {}, { timeoutSeconds: 3 }));
    await expect.poll(() => shell(node, 'pgrep -fc "^sleep 1234" || true')).toBe('1');

    await node.powerOff();
    await expect.poll(() => invocation(commandId).catch(() => undefined)).toMatchObject({ Status: 'InProgress' });
    const answer = await outcome(commandId);
    await node.powerOn();

    expect(answer).toMatchObject({ Status: 'TimedOut', StatusDetails: 'ExecutionTimedOut' });
  });

  it('heals the web service with the product’s own document', async () => {
    const name = await createDocument(documentScript('restart-service'), {
      parameters: {
        Service: { type: 'String', interpolationType: 'ENV_VAR' },
        StableSeconds: { type: 'String', default: '1', interpolationType: 'ENV_VAR' },
      },
    });
    await node.request('/fault/crash');

    const answer = await outcome(await send(name, { Parameters: { Service: ['web'] } }));

    expect(answer.StandardOutputContent).toContain('OK: web.service was restarted');
    await untilAnswered(node);
  });
});
