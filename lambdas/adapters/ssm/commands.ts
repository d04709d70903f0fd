import {
  DescribeInstanceInformationCommand,
  GetCommandInvocationCommand,
  type GetCommandInvocationCommandOutput,
  InvalidPluginName,
  InvocationDoesNotExist,
  ListCommandsCommand,
  SendCommandCommand,
  SSMClient,
} from '@aws-sdk/client-ssm';
import { COMMAND_DELIVERY_SECONDS, documentSteps } from '../../core/command-document.ts';
import type { CommandResult, Commands } from '../../core/ports.ts';
import { acting, actingClient, named, reading } from '../aws-call.ts';

const statuses: Readonly<Record<string, CommandResult['status']>> = {
  Pending: 'running',
  InProgress: 'running',
  Delayed: 'running',
  Cancelling: 'running',
  Success: 'succeeded',
  Cancelled: 'cancelled',
  TimedOut: 'timed-out',
  Failed: 'failed',
};

/** Within the time that a function has. */
const LOOK_AGAIN_MILLISECONDS = 1_000;
const LOOKS = 30;

/** Run Command of Systems Manager. */
export function commands(client = new SSMClient({}), actor = new SSMClient(actingClient)): Commands {
  const port: Commands = {
    async agent(instanceId) {
      const command = new DescribeInstanceInformationCommand({ Filters: [{ Key: 'InstanceIds', Values: [instanceId] }] });
      const answer = await reading('ask for the agent', () => client.send(command));
      const found = answer.InstanceInformationList?.find((node) => node.InstanceId === instanceId);
      if (found?.PingStatus === undefined) return { state: 'unregistered' };
      const pingedAt = found.LastPingDateTime?.getTime();
      return { state: found.PingStatus === 'Online' ? 'online' : 'silent', ...(pingedAt !== undefined && { pingedAt }) };
    },

    async send({ document, instanceId, parameters, token }) {
      const command = new SendCommandCommand({
        DocumentName: document,
        DocumentVersion: '$LATEST',
        InstanceIds: [instanceId],
        Parameters: Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, [value]])),
        TimeoutSeconds: COMMAND_DELIVERY_SECONDS,
        Comment: token,
      });
      return named('send the command', (await acting('send the command', () => actor.send(command))).Command?.CommandId);
    },

    async look(request) {
      const commandId = await port.send(request);
      for (let looks = 0; looks < LOOKS; looks += 1) {
        await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MILLISECONDS));
        const result = await port.result(commandId, request.instanceId);
        if (result && result.status !== 'running') return result;
      }
      return undefined;
    },

    async find(token, instanceId) {
      const answer = await reading('list commands', () => client.send(new ListCommandsCommand({ InstanceId: instanceId, MaxResults: 50 })));
      return answer.Commands?.find((command) => command.Comment === token)?.CommandId;
    },

    async result(commandId, instanceId) {
      const onLinux = await step(commandId, instanceId, documentSteps.linux);
      // Every document has this step: one that is not known yet says nothing of the command.
      if (!onLinux || onLinux === 'no such step') return undefined;
      if (!wasSkipped(onLinux)) return resultOf(onLinux);
      const onWindows = await step(commandId, instanceId, documentSteps.windows);
      if (onWindows === 'no such step') return wrongPlatform;
      return onWindows && resultOf(onWindows);
    },
  };
  return port;

  /** Undefined while Systems Manager does not know the command. */
  async function step(CommandId: string, InstanceId: string, PluginName: string) {
    try {
      return await client.send(new GetCommandInvocationCommand({ CommandId, InstanceId, PluginName }));
    } catch (error) {
      if (error instanceof InvocationDoesNotExist) return undefined;
      if (error instanceof InvalidPluginName) return 'no such step';
      return reading('read the command', () => Promise.reject(error));
    }
  }
}

/**
 * The agent calls a step for another platform successful, with a word of its own or none in place of the script's; every script
 * of ours says something. Without the name of a step AWS gives no output for a document of several.
 */
function wasSkipped({ Status, ResponseCode = 0, StandardOutputContent = '' }: GetCommandInvocationCommandOutput): boolean {
  return Status === 'Success' && ResponseCode === 0 && /^(Step execution skipped|$)/.test(StandardOutputContent);
}

const wrongPlatform: CommandResult = {
  status: 'failed',
  detail: 'Skipped',
  output: '',
  errors: "the remedy has no script for the instance's platform",
};

function resultOf(invocation: GetCommandInvocationCommandOutput): CommandResult {
  const exitCode = invocation.ResponseCode;
  return {
    status: statuses[invocation.Status ?? ''] ?? 'running',
    detail: invocation.StatusDetails ?? invocation.Status ?? 'unknown',
    ...(exitCode !== undefined && exitCode >= 0 && { exitCode }),
    output: invocation.StandardOutputContent ?? '',
    errors: invocation.StandardErrorContent ?? '',
  };
}
