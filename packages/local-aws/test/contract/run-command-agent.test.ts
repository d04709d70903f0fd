import { realpathSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bootNode, type ManagedNode } from '../../nodes/managed-node.ts';
import { createRunCommand } from '../../services/run-command.ts';
import { shell, whyNoNodes } from '../../testing/nodes.ts';
import { SentCommands } from '../../testing/sent-commands.ts';

const instanceId = 'i-0000000000000a6e7';

// Its shell stays between the agent and the script, so that a signal becomes an exit code; bash lets the script take its place.
const isDash = realpathSync('/bin/sh').endsWith('dash');

describe.skipIf(whyNoNodes !== '')(
  `the agent of Systems Manager, as Run Command plays it on a node${whyNoNodes}`,
  { timeout: 90_000 },
  () => {
    let node: ManagedNode;
    const options = { secondsScale: 0.05, agentMinuteMs: 500 };
    const commands = new SentCommands(createRunCommand({ find: (id) => (id === instanceId ? node : undefined) }, options), instanceId);
    const count = (process: string) => shell(node, `pgrep -fc "^${process}" || true`);

    beforeAll(async () => {
      node = await bootNode({ name: 'agent', instanceId });
    });
    afterAll(() => node?.destroy());

    it('runs a file without HOME, without input and from /usr/bin', async () => {
      const name = await commands.createDocument(
        'printf "%s|%s|%s|%s|" "$(printenv HOME || echo unset)" "$PWD" "$0" "$(cat)"; stat -c %a "$0"',
      );
      const commandId = await commands.send(name);

      const { StandardOutputContent } = await commands.outcome(commandId);

      const file = `/var/lib/amazon/ssm/${instanceId}/document/orchestration/${commandId}/run/_script.sh`;
      expect(StandardOutputContent).toBe(`unset|/usr/bin|${file}||700\n`);
    });

    it('gives a script what it knows of command, instance, region and platform', async () => {
      const commandId = await commands.send(
        await commands.createDocument('env | grep -e ^AWS_SSM_ -e ^SSM_ | sort; . /etc/os-release; echo "$NAME"'),
      );

      const { StandardOutputContent } = await commands.outcome(commandId);

      const lines = StandardOutputContent.trimEnd().split('\n');
      expect(lines).toEqual([
        `AWS_SSM_INSTANCE_ID=${instanceId}`,
        `AWS_SSM_PLATFORM_NAME=${lines.at(-1)}`,
        expect.stringMatching(/^AWS_SSM_PLATFORM_VERSION=/),
        'AWS_SSM_REGION_NAME=us-east-1',
        `SSM_COMMAND_ID=${commandId}`,
        lines.at(-1),
      ]);
    });

    it('honours a shebang and the working directory of the step', async () => {
      const answer = await commands.run('#!/bin/bash\necho "$(test -n "$BASH_VERSION" && echo bash) $PWD"', { workingDirectory: '/srv' });

      expect(answer.StandardOutputContent).toBe('bash /srv\n');
    });

    describe('waits for a background child that holds the output', () => {
      it('until it lets go of it, and then the script’s own end counts', async () => {
        const script = '(until [ -e /run/let-go ]; do sleep 0.05; done) &\necho begun; touch /run/ended';
        const commandId = await commands.send(await commands.createDocument(script));
        await expect.poll(() => shell(node, 'ls /run/ended 2>/dev/null || true')).toBe('/run/ended');
        await expect.poll(() => commands.invocation(commandId).catch(() => undefined)).toMatchObject({ Status: 'InProgress' });
        // Longer than any end of a script takes to be noticed.
        await shell(node, 'sleep 1');
        expect(await commands.invocation(commandId)).toMatchObject({ Status: 'InProgress' });

        await shell(node, 'touch /run/let-go');

        expect(await commands.outcome(commandId)).toMatchObject({ Status: 'Success', ResponseCode: 0, StandardOutputContent: 'begun\n' });
      });

      it('until the time limit, at which it is ended, too, and the step has timed out though the script ended well', async () => {
        const answer = await commands.run('sleep 4321 &\necho begun', { timeoutSeconds: '5' });

        expect(answer).toMatchObject({ StatusDetails: 'ExecutionTimedOut', ResponseCode: 137, StandardOutputContent: 'begun\n' });
        expect(await count('sleep 4321')).toBe('0');
      });

      it('until the time limit, and fails where it has left the process group, so that there is nothing to end', async () => {
        const answer = await commands.run('setsid sleep 4322 &\necho begun', { timeoutSeconds: '5' });

        expect(answer).toMatchObject({ StatusDetails: 'Failed', ResponseCode: 1, StandardOutputContent: 'begun\n' });
        expect(answer.StandardErrorContent).toBe('failed to run commands: no such process');
        await shell(node, 'pkill -f "^sleep 4322"');
      });
    });

    it.skipIf(!isDash).each([
      { signal: 'KILL', StatusDetails: 'ExecutionTimedOut', ResponseCode: 137, StandardErrorContent: '' },
      { signal: 'TERM', StatusDetails: 'Failed', ResponseCode: 143, StandardErrorContent: 'failed to run commands: exit status 143' },
    ])('reports a script that SIG$signal ended as $StatusDetails/$ResponseCode', async ({ signal, ...expected }) => {
      const { StandardErrorContent, ...answer } = await commands.run(`kill -${signal} $$`);

      expect(answer).toMatchObject({ StatusDetails: expected.StatusDetails, ResponseCode: expected.ResponseCode });
      // The shell itself writes a word about it.
      expect(StandardErrorContent).toMatch(new RegExp(`${expected.StandardErrorContent}$`));
    });

    it.each([
      { exitCode: 168, Status: 'Success', marked: 'succeeded', errors: '' },
      { exitCode: 169, Status: 'Failed', marked: 'Failed', errors: /^err\nfailed to run commands: exit status 169\nStep exited/ },
    ])('marks a step that ends with $exitCode as $Status, and says so', async ({ exitCode, Status, marked, errors }) => {
      const answer = await commands.run(`echo out; echo err >&2; exit ${exitCode}`);

      expect(answer).toMatchObject({ Status, ResponseCode: exitCode });
      expect(answer.StandardOutputContent).toBe(
        `out\n\nStep exited with code ${exitCode}. Therefore, marking step as ${marked}. Further document steps will be skipped.`,
      );
      if (errors === '') expect(answer.StandardErrorContent).toBe('');
      else expect(answer.StandardErrorContent).toMatch(errors);
    });

    it('cuts either output at 24,000 bytes and says so', async () => {
      const answer = await commands.run('head -c 50000 /dev/zero | tr "\\0" o; head -c 50000 /dev/zero | tr "\\0" e >&2');

      expect(answer.StandardOutputContent).toBe(`${'o'.repeat(23_980)}--output truncated--`);
      expect(answer.StandardErrorContent).toBe(`${'e'.repeat(23_980)}--output truncated--`);
    });

    it('fails without a word when there is no room for its own files', async () => {
      await shell(node, 'mkdir -p /var/lib/amazon/ssm; mount -t tmpfs -o size=4k,nr_inodes=1 full /var/lib/amazon/ssm');

      const answer = await commands.run('touch /run/ran-without-room').finally(() => shell(node, 'umount /var/lib/amazon/ssm'));

      expect(answer).toMatchObject({ StatusDetails: 'Failed', ResponseCode: 1, StandardOutputContent: '', StandardErrorContent: '' });
      expect((await node.exec(['test', '-e', '/run/ran-without-room'])).exitCode).toBe(1);
    });

    it.each([
      { case: 'that looks ahead', allowedPattern: '^(?!-)[a-z]*$' },
      { case: 'that repeats more than 1,000 times', allowedPattern: '^[a-z]{0,1001}$' },
    ])('refuses a document with a pattern $case, in a parameter that nothing reads: Failed, and no step', async ({ allowedPattern }) => {
      const parameters = { Unused: { type: 'String', default: 'x', allowedPattern } };
      const CommandId = await commands.send(await commands.createDocument('touch /run/refused', { parameters }));

      const answer = await commands.outcome(CommandId);
      const { CommandInvocations } = await commands.call('ListCommandInvocations', { CommandId, Details: true });

      expect(answer).toMatchObject({ StatusDetails: 'Failed', ResponseCode: -1, StandardOutputContent: '', StandardErrorContent: '' });
      expect(CommandInvocations).toMatchObject([{ Status: 'Failed', CommandPlugins: [] }]);
      expect((await node.exec(['test', '-e', '/run/refused'])).exitCode).toBe(1);
    });

    describe('after exit code 194', () => {
      it('runs the script again with all of its time, and reports the outputs of both runs', async () => {
        const script = `if [ -e /var/tmp/second ]; then echo again; echo err2 >&2; sleep 4; exit 3; fi
touch /var/tmp/second; echo first; echo err1 >&2; sleep 4; exit 194`;
        const before = node.initPid();

        const answer = await commands.run(script, { timeoutSeconds: '6' });

        expect(answer).toMatchObject({ StatusDetails: 'Failed', ResponseCode: 3, StandardOutputContent: 'first\nagain\n' });
        expect(answer.StandardErrorContent).toBe('err1\nerr2\nfailed to run commands: exit status 3');
        expect(node.initPid()).not.toBe(before);
      });
    });

    describe('of a node whose power was cut in the middle of a script', () => {
      it('does not run it again, and reports a failure without output some time after the boot', async () => {
        const commandId = await commands.send(await commands.createDocument('echo x >> /srv/web/runs; echo begun; sleep 4323'));
        await expect.poll(() => count('sleep 4323')).toBe('1');

        await node.powerOff();
        await node.powerOn();
        const answer = await commands.outcome(commandId);

        expect(answer).toMatchObject({ StatusDetails: 'Failed', ResponseCode: 1, StandardOutputContent: '', StandardErrorContent: '' });
        expect(await shell(node, 'cat /srv/web/runs')).toBe('x');
      });

      it('is not heard of while it stays off, so that the service gives up', async () => {
        const commandId = await commands.send(await commands.createDocument('echo begun; sleep 4324', {}, { timeoutSeconds: '5' }));
        await expect.poll(() => count('sleep 4324')).toBe('1');

        await node.powerOff();
        await expect.poll(() => commands.invocation(commandId)).toMatchObject({ Status: 'InProgress' });
        const answer = await commands.outcome(commandId).finally(() => node.powerOn());

        expect(answer).toMatchObject({ StatusDetails: 'ExecutionTimedOut', ResponseCode: -1, StandardOutputContent: '' });
      });
    });
  },
);
