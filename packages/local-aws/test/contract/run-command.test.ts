import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bootNode, type ManagedNode } from '../../nodes/managed-node.ts';
import { createRunCommand } from '../../services/run-command.ts';
import { shell, whyNoNodes } from '../../testing/nodes.ts';
import { SentCommands } from '../../testing/sent-commands.ts';

const instanceId = 'i-0000000000000000c';

describe.skipIf(whyNoNodes !== '')(`Run Command on a node${whyNoNodes}`, () => {
  let node: ManagedNode;
  // A second of the delivery timeout lasts 50 ms, so the least that AWS allows is over after 1.5 s.
  const options = { secondsScale: 0.05, agentMinuteMs: 500 };
  const commands = new SentCommands(createRunCommand({ find: (id) => (id === instanceId ? node : undefined) }, options), instanceId);

  beforeAll(async () => {
    node = await bootNode({ name: 'run-command', instanceId });
  });
  afterAll(() => node?.destroy());

  it('runs the document inside the node, not on the host', async () => {
    const answer = await commands.outcome(await commands.send(await commands.createDocument('hostname; cat /etc/rehearsal-node; id -u')));

    expect(answer.StandardOutputContent).toBe(`run-command\n${node.folder.unitName}0\n`);
    expect(answer).toMatchObject({ Status: 'Success', StatusDetails: 'Success', ResponseCode: 0, StandardErrorContent: '' });
  });

  it('hands ENV_VAR parameters over as data and replaces the braces of all others', async () => {
    const hostile = '"; touch /run/injected; $(touch /run/injected) `touch /run/injected` {{ Plain }}';
    const name = await commands.createDocument('printf "%s|%s" "$SSM_Safe" "{{ Plain }} {{ Safe }}"', {
      parameters: { Safe: { type: 'String', interpolationType: 'ENV_VAR' }, Plain: { type: 'String', default: 'text' } },
    });

    const answer = await commands.outcome(await commands.send(name, { Parameters: { Safe: [hostile] } }));

    expect(answer.StandardOutputContent).toBe(`${hostile}|text {{ Safe }}`);
    expect((await node.exec(['test', '-e', '/run/injected'])).exitCode).toBe(1);
  });

  it('reports exit code and error output of a script that failed', async () => {
    const answer = await commands.outcome(await commands.send(await commands.createDocument('echo out; echo err >&2; exit 12')));

    expect(answer).toMatchObject({ Status: 'Failed', StatusDetails: 'Failed', ResponseCode: 12, StandardOutputContent: 'out\n' });
    expect(answer.StandardErrorContent).toBe('err\nfailed to run commands: exit status 12');
  });

  it('ends a script at its time limit, with all its children', async () => {
    const name = await commands.createDocument('sleep 1234 & echo started; sleep 1234', {}, { timeoutSeconds: '5' });

    const answer = await commands.outcome(await commands.send(name));

    expect(answer).toMatchObject({ Status: 'TimedOut', StatusDetails: 'ExecutionTimedOut', StandardOutputContent: 'started\n' });
    expect(await shell(node, 'pgrep -fc "^sleep 1234" || true')).toBe('0');
  });

  it('hides a new command for a moment, and then finds it by its comment', async () => {
    const Comment = 'token-of-the-attempt';
    const CommandId = await commands.send(await commands.createDocument('true'), { Comment });

    await expect(commands.invocation(CommandId)).rejects.toMatchObject({ code: 'InvocationDoesNotExist' });
    await commands.outcome(CommandId);
    const { Commands } = await commands.call('ListCommands', { InstanceId: instanceId, MaxResults: 50 });

    expect(Commands).toContainEqual(expect.objectContaining({ CommandId, Comment, Status: 'Success', TargetCount: 1, CompletedCount: 1 }));
  });

  it('stays in progress while the agent is silent, and then times out undelivered', async () => {
    node.agentOnline = false;
    const commandId = await commands.send(await commands.createDocument('touch /run/delivered-late'));
    await expect
      .poll(() => commands.invocation(commandId).catch(() => undefined), { timeout: 60_000 })
      .toMatchObject({ Status: 'InProgress' });
    const described = await commands.call('DescribeInstanceInformation', { Filters: [{ Key: 'InstanceIds', Values: [instanceId] }] });

    const answer = await commands.outcome(commandId);
    node.agentOnline = true;

    expect(answer).toMatchObject({ Status: 'TimedOut', StatusDetails: 'DeliveryTimedOut', ResponseCode: -1 });
    expect(described).toMatchObject({ InstanceInformationList: [{ InstanceId: instanceId, PingStatus: 'ConnectionLost' }] });
    expect((await node.exec(['test', '-e', '/run/delivered-late'])).exitCode).toBe(1);
  });

  it('delivers when the agent comes back in time', async () => {
    node.agentOnline = false;
    const commandId = await commands.send(await commands.createDocument('echo here'), { TimeoutSeconds: 600 });
    await expect.poll(() => commands.invocation(commandId).catch(() => undefined)).toMatchObject({ Status: 'InProgress' });
    node.agentOnline = true;

    expect(await commands.outcome(commandId)).toMatchObject({ Status: 'Success', StandardOutputContent: 'here\n' });
  });

  it('cancels a running command', async () => {
    const CommandId = await commands.send(await commands.createDocument('echo begun; sleep 1234'));
    await expect.poll(() => shell(node, 'pgrep -fc "^sleep 1234" || true')).toBe('1');

    await commands.call('CancelCommand', { CommandId });

    expect(await commands.outcome(CommandId)).toMatchObject({ Status: 'Cancelled', StandardOutputContent: 'begun\n' });
    expect(await shell(node, 'pgrep -fc "^sleep 1234" || true')).toBe('0');
  });
});
