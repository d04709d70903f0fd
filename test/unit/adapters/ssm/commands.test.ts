import { type GetCommandInvocationCommand, InvalidPluginName, type SSMClient } from '@aws-sdk/client-ssm';
import { expect, it } from 'vitest';
import { commands } from '../../../../lambdas/adapters/ssm/commands.ts';

type Step = object | 'unknown';

/** Systems Manager answers for the step of Linux, then for the one of Windows. */
function answering(...steps: readonly Step[]) {
  const asked: (string | undefined)[] = [];
  const client = {
    async send({ input }: GetCommandInvocationCommand) {
      asked.push(input.PluginName);
      const step = steps[asked.length - 1];
      if (step === undefined || step === 'unknown') throw new InvalidPluginName({ $metadata: { httpStatusCode: 400 }, message: '' });
      return step;
    },
  } as unknown as SSMClient;
  return { asked, result: () => commands(client, client).result('c', 'i-1') };
}

const skipped = { Status: 'Success', StatusDetails: 'Success', ResponseCode: 0, StandardOutputContent: '' };

it('a step that Systems Manager does not know yet is no end of its command', async () => {
  const { asked, result } = answering('unknown');
  expect(await result()).toBeUndefined();
  expect(asked).toEqual(['remedy']);
});

it('a command that skips Linux and has no step for Windows has no script for the platform', async () => {
  const { asked, result } = answering(skipped, 'unknown');
  expect(await result()).toMatchObject({ status: 'failed', detail: 'Skipped' });
  expect(asked).toEqual(['remedy', 'remedyOnWindows']);
});

it('a command that skips Linux is as its step for Windows', async () => {
  const { result } = answering(skipped, { ...skipped, StandardOutputContent: 'OK: restarted' });
  expect(await result()).toMatchObject({ status: 'succeeded', output: 'OK: restarted' });
});
