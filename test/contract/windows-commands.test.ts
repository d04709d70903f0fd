import { SSMClient } from '@aws-sdk/client-ssm';
import type { Service } from '@self-healing/local-aws/gateway/service.ts';
import { openSharedAws, type SharedAws } from '@self-healing/local-aws/testing/shared-aws.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commands } from '../../lambdas/adapters/ssm/commands.ts';

const skipped = 'Step execution skipped due to unsatisfied preconditions: \'"StringEquals": [platformType, Linux]\'. Step name: remedy';

/** Systems Manager as for a Windows instance; the local nodes are all Linux. The command's id says how its script ended. */
const windowsInstance: Service = {
  service: 'ssm',
  note: 'A command on a Windows instance, as Systems Manager documents it.',
  actions: {
    GetCommandInvocation: async (request) => {
      const { CommandId, PluginName } = request as { CommandId: string; PluginName: string };
      const [status = '', agentsWord = ''] = CommandId.split('-');
      if (PluginName === 'remedy')
        return {
          Status: 'Success',
          StatusDetails: 'Success',
          ResponseCode: 0,
          StandardOutputContent: agentsWord === 'said' ? skipped : '',
        };
      return {
        Status: status,
        StatusDetails: status,
        ResponseCode: status === 'Failed' ? 12 : 0,
        StandardOutputContent: `${PluginName} ran`,
      };
    },
  },
};

let aws: SharedAws;
beforeAll(async () => {
  aws = await openSharedAws([windowsInstance]);
});
afterAll(() => aws.close());

describe('a command on Windows', () => {
  it.each(['said', 'silent'])('is judged by the Windows step, when the agent is %s about the one it skipped', async (word) => {
    const port = commands(new SSMClient(aws.client));
    expect(await port.result(`Failed-${word}`, 'i-1')).toMatchObject({ status: 'failed', exitCode: 12, output: 'remedyOnWindows ran' });
    expect(await port.result(`InProgress-${word}`, 'i-1')).toMatchObject({ status: 'running' });
    expect(await port.result(`Success-${word}`, 'i-1')).toMatchObject({ status: 'succeeded', output: 'remedyOnWindows ran' });
  });
});
