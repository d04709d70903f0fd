import * as z from 'zod';
import { COMMAND_DELIVERY_SECONDS } from '../core/command-document.ts';
import { type Instant, milliseconds } from '../core/duration.ts';
import type { Agent, CommandResult, Instance, RemedyPorts } from '../core/ports.ts';
import type { StatusCheckState } from '../core/status-check.ts';
import type { Progress } from '../core/verification.ts';
import { instanceId, progressOf } from './command-remediator.ts';
import { memberNamed } from './group-membership.ts';
import { defineRemediator } from './remediator.ts';

const paramsSchema = z.strictObject({
  /**
   * Who reboots it: `agent` in order, `ec2` by force if need be, `either` the agent where it answers and else EC2. A rung
   * of `ec2` after one of `either` is for systems whose agent says that it is there and does nothing. @default either
   */
  by: z.enum(['either', 'agent', 'ec2']).default('either'),
});

/** The script's word for a reboot that has happened. */
const REBOOTED = 'REBOOTED:';

/** The script itself needs some 80 seconds. */
const SCRIPT_SECONDS = 200;
/** The agent begins a minute after it was asked; two more are what a machine usually takes to come back. */
const REBOOT_TAKES = { minutes: 3 };

/** EC2 gives the system some four minutes to shut down in order before it cuts its power. */
const REBOOT_BY_EC2_TAKES = { minutes: 8 };

interface Observed {
  readonly instance?: Instance;
  readonly agent: Agent['state'];
  /** When the agent reported last. */
  readonly pingedAt?: Instant;
  /** Auto Scaling's word for where the instance is in its group; absent when it is in none. */
  readonly lifecycle?: string;
  readonly checks?: StatusCheckState;
  readonly command?: CommandResult;
}

interface Plan {
  readonly id: string;
  readonly how: 'agent' | 'ec2';
  /** When the agent had reported last, of a reboot by EC2. @default - never, or an earlier version planned it */
  readonly pingedAt?: Instant;
}

/** The command's id, where the agent was asked; EC2 gives none. */
interface Receipt {
  readonly commandId?: string;
}

/**
 * Reboots an instance: through its Systems Manager agent where that answers, since the system then shuts down in order
 * and the script sees by the boot id that it came back; by EC2 where the agent is silent.
 *
 * Cures what: a system that hangs, leaks or has lost its agent; a failed instance status check.
 * Does what in AWS: one `ssm:SendCommand` of its own document, whose script asks the agent to reboot once, which it knows by
 * the boot id, on Windows by the boot time, so that it never loops; or one
 * `ec2:RebootInstances`, which cuts the power of a system that does not shut down in a few minutes.
 * Can harm what: the instance serves nothing for a minute or two, which begin a minute after an agent was asked, and memory is lost. Addresses, disks and instance
 * store stay, and EC2 shows it as running throughout. A member of an Auto Scaling group may therefore be rebooted:
 * EC2's own check does not fail meanwhile. Where the group goes by the load balancer's health it may replace the member
 * instead, which is the group's own cure and keeps its capacity.
 * Refuses when: the instance is not running, or its group has put it aside or is ending it; `by: 'agent'`, when the agent does not
 * answer (next rung); on the instance, when
 * packages are being installed or a program forbids a shutdown, another restart is under way, nothing would carry the reboot out (logind or
 * D-Bus is down, or the reboot is masked; a rung of `ec2` is for that), or nothing can be written down to tell the second run.
 * Safe twice: no, it would reboot again; the attempt record keeps it to one, and the script to one for each token.
 * Proved by: `contract/remedies-act`, `contract/restart-instance-document`.
 */
export const remediator = defineRemediator<
  'commands' | 'groups' | 'instances',
  typeof paramsSchema,
  Observed,
  Plan,
  Receipt,
  unknown,
  'by'
>({
  name: 'restart-instance',
  targets: ['instance'],
  acts: true,
  cost: 'machine',
  params: paramsSchema,
  mainParameter: 'by',
  settle: { minutes: 1 },
  verifyWithin: { minutes: 10 },
  // After the reboot the agent runs the script once more, with its whole time.
  longest: ({ by }) =>
    by === 'ec2' ? REBOOT_BY_EC2_TAKES : { seconds: COMMAND_DELIVERY_SECONDS + 2 * SCRIPT_SECONDS + milliseconds(REBOOT_TAKES) / 1_000 },
  ports: { commands: true, groups: true, instances: true },
  permissions: {
    observe: [
      {
        actions: [
          'ec2:DescribeInstances',
          'ec2:DescribeInstanceStatus',
          'autoscaling:DescribeAutoScalingGroups',
          'ssm:DescribeInstanceInformation',
          'ssm:GetCommandInvocation',
        ],
        on: 'any',
      },
    ],
    execute: [
      { actions: ['ssm:SendCommand'], on: 'document' },
      { actions: ['ssm:SendCommand', 'ec2:RebootInstances'], on: 'targets' },
      { actions: ['ssm:ListCommands'], on: 'any' },
    ],
  },
  document: {
    description: 'Reboots the instance once, in order, and reports that it came back.',
    parameters: {
      Token: {
        description: 'Names the attempt, so that the run after the reboot knows that it has happened.',
        allowedPattern: '^[0-9a-f]{64}-[0-9]{1,2}$',
      },
    },
    timeoutSeconds: SCRIPT_SECONDS,
  },
  async observe(target, _params, ports, receipt) {
    const id = instanceId(target);
    const [[instance], { state: agent, pingedAt }] = await Promise.all([ports.instances.describe([id]), ports.commands.agent(id)]);
    const before = { agent, ...(pingedAt !== undefined && { pingedAt }), ...(instance && { instance }) };
    return receipt
      ? { ...before, ...(await observeReboot(id, instance, receipt, ports)) }
      : { ...before, ...(await observeGroup(instance, ports)) };
  },
  plan({ instance, agent, pingedAt, lifecycle }, { by }) {
    if (!instance) return { refusal: 'unsafe-to-act', why: 'the instance does not exist' };
    const { id, state } = instance;
    if (state !== 'running') return { refusal: 'unsafe-to-act', why: `the instance is ${state}, not running` };
    if (lifecycle !== undefined && lifecycle !== 'InService')
      return { refusal: 'unsafe-to-act', why: `its Auto Scaling group has it in ${lifecycle}` };
    const byEc2 = { id, how: 'ec2', ...(pingedAt !== undefined && { pingedAt }) } as const;
    if (by === 'ec2') return byEc2;
    if (agent === 'online') return { id, how: 'agent' };
    if (by === 'agent') return { refusal: 'not-applicable', why: `its Systems Manager agent is ${agent}` };
    return byEc2;
  },
  summary: ({ how }) => (how === 'agent' ? 'reboot the instance through its agent' : 'have EC2 reboot the instance'),
  async execute({ plan: { id, how }, token, document }, { commands, instances }) {
    if (how === 'agent') return { commandId: await commands.send({ document, instanceId: id, parameters: { Token: token }, token }) };
    await instances.reboot(id);
    return {};
  },
  async recall({ plan: { id, how }, token }, { commands }) {
    const commandId = how === 'agent' ? await commands.find(token, id) : undefined;
    return commandId === undefined ? undefined : { commandId };
  },
  assess({ how, pingedAt }, observed) {
    const { instance } = observed;
    if (!instance) return { kind: 'failed', hopeless: true, why: 'the instance does not exist any more' };
    if (instance.state !== 'running') return { kind: 'failed', why: `the instance is ${instance.state}` };
    return how === 'agent' ? progressByAgent(observed.command) : progressByEc2(observed, pingedAt);
  },
});

async function observeReboot(
  id: string,
  instance: Instance | undefined,
  { commandId }: Receipt,
  { commands, instances }: Pick<RemedyPorts, 'commands' | 'instances'>,
) {
  if (instance?.state !== 'running') return {};
  if (commandId === undefined) return { checks: await instances.statusChecks(id) };
  const command = await commands.result(commandId, id);
  return command ? { command } : {};
}

async function observeGroup(instance: Instance | undefined, { groups }: Pick<RemedyPorts, 'groups'>): Promise<Pick<Observed, 'lifecycle'>> {
  const { member } = instance ? await memberNamed(instance, groups) : {};
  return member ? { lifecycle: member.lifecycle } : {};
}

/** By these the scripts ask the agent for the reboot; how Systems Manager shows such a command until it has happened is not known. */
const ASKS_FOR_REBOOT: readonly (number | undefined)[] = [194, 3010];

/** Systems Manager calls it a success, too, when the script was for another platform and did not run. */
function progressByAgent(command: CommandResult | undefined): Progress {
  if (command && ASKS_FOR_REBOOT.includes(command.exitCode)) return { kind: 'running', why: 'the agent is about to reboot the machine' };
  const progress = progressOf(command);
  if (progress.kind !== 'done' || command?.output.includes(REBOOTED)) return progress;
  return { kind: 'failed', why: 'the script reports no reboot', ...(progress.detail !== undefined && { detail: progress.detail }) };
}

/**
 * EC2 has no word for "rebooted", and its checks may still be passed because the reboot has not begun: only an agent that
 * has reported again proves it. Where none does, the symptom decides.
 */
function progressByEc2({ agent, pingedAt = 0, checks = 'unknown' }: Observed, before?: Instant): Progress {
  const isSince = before === undefined || pingedAt > before;
  if (agent === 'online' && isSince) return { kind: 'done', detail: 'its agent answers' };
  const shown = agent === 'online' ? 'has not reported since' : `is ${agent}`;
  const why = `its agent ${shown} and its status checks are ${checks}`;
  return { kind: checks === 'ok' ? 'unknown' : 'running', why };
}
