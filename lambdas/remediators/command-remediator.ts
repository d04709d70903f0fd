import type * as z from 'zod';
import type { Duration } from '../core/duration.ts';
import type { CommandResult } from '../core/ports.ts';
import { redacted } from '../core/redaction.ts';
import type { Target } from '../core/target.ts';
import { untouchedBy } from '../core/untouched.ts';
import type { Progress } from '../core/verification.ts';
import { type CommandDocument, defineRemediator, type ParameterOf, type Sealed } from './remediator.ts';

/** What distinguishes one remedy by Run Command from another. */
interface CommandCure<Schema extends z.ZodType, Main extends string> {
  readonly name: string;
  readonly params: Schema;
  /** As in `RemediatorSpec`. @default - parameters are always named */
  readonly mainParameter?: Main;
  readonly settle: Duration;
  readonly verifyWithin: Duration;
  /** As in `RemediatorSpec`. @default - what the document's command may take */
  longest?(params: z.output<Schema>): Duration;
  readonly document: CommandDocument;
  /** The exit code by which the script says that it did nothing, and that nothing else should be done either. @default - there is none */
  readonly leftAlone?: number;
  /** As in `RemediatorSpec`. @default - what it does passes, or can be undone */
  readonly forGood?: true;
  /** As in `RemediatorSpec`. @default - it deletes nothing of a folder */
  clears?(params: z.output<Schema>): readonly string[];
  /** As in `RemediatorSpec`. @default - it starts no service by name */
  restarts?(params: z.output<Schema>): string;
  /** The document's parameters, as strings. */
  parameters(params: z.output<Schema>): Readonly<Record<string, string>>;
  summary(parameters: Readonly<Record<string, string>>): string;
}

interface Observed {
  readonly agent: 'online' | 'silent' | 'unregistered';
  readonly command?: CommandResult;
}

interface Plan {
  readonly parameters: Readonly<Record<string, string>>;
}

/** Run Command's id of the command; absent in AWS's answer never, in ours only when the answer was lost. */
interface Receipt {
  readonly commandId: string;
}

/** The part of a script's output that history and messages keep; the rest is in Systems Manager for 30 days. */
const OUTPUT_KEPT_CHARACTERS = 2_000;

/**
 * Makes a remediator that runs a Command document on one instance. It refuses an instance whose agent does not answer:
 * Run Command would stay "in progress" until its timeouts end, and the next rung may not need the agent.
 */
export function commandRemediator<Schema extends z.ZodType, const Main extends ParameterOf<Schema> = never>(
  cure: CommandCure<Schema, Main>,
): Sealed<Schema, Main> {
  return defineRemediator<'commands', Schema, Observed, Plan, Receipt, unknown, Main>({
    ...cure,
    targets: ['instance'],
    acts: true,
    cost: 'service',
    ports: { commands: true },
    permissions: {
      observe: [{ actions: ['ssm:DescribeInstanceInformation', 'ssm:GetCommandInvocation'], on: 'any' }],
      execute: [
        { actions: ['ssm:SendCommand'], on: 'document' },
        { actions: ['ssm:SendCommand'], on: 'targets' },
        { actions: ['ssm:ListCommands'], on: 'any' },
      ],
    },
    async observe(target, _params, { commands }, receipt) {
      const id = instanceId(target);
      if (!receipt) return { agent: (await commands.agent(id)).state };
      const command = await commands.result(receipt.commandId, id);
      return { agent: 'online', ...(command && { command }) };
    },
    plan({ agent }, params) {
      if (agent === 'online') return { parameters: cure.parameters(params) };
      const why = agent === 'silent' ? 'its Systems Manager agent does not answer' : 'Systems Manager does not know it';
      return { refusal: 'not-applicable', why: `Run Command cannot reach the instance: ${why}` };
    },
    summary: ({ parameters }) => cure.summary(parameters),
    async execute({ target, plan, token, document }, { commands }) {
      return { commandId: await commands.send({ document, instanceId: instanceId(target), parameters: plan.parameters, token }) };
    },
    async recall({ target, token }, { commands }) {
      const commandId = await commands.find(token, instanceId(target));
      return commandId === undefined ? undefined : { commandId };
    },
    assess(_plan, { command }) {
      const progress = progressOf(command);
      const isLeftAlone = progress.kind === 'failed' && command?.exitCode !== undefined && command.exitCode === cure.leftAlone;
      return isLeftAlone ? { kind: 'left-alone', why: progress.why, ...(progress.detail && { detail: progress.detail }) } : progress;
    },
  });
}

/** How far a command has come, as its remedy's progress. */
export function progressOf(command: CommandResult | undefined): Progress {
  if (!command) return { kind: 'running', why: 'Systems Manager does not show the command yet' };
  if (command.status === 'running') return { kind: 'running', why: `the command is ${command.detail}` };
  // Before it is cut, which could part a secret from its name.
  const output = redacted(command.output);
  const detail = output.slice(-OUTPUT_KEPT_CHARACTERS);
  if (command.status === 'succeeded') return { kind: 'done', detail };
  const code = command.exitCode === undefined ? '' : ` with exit code ${command.exitCode}`;
  // Our scripts say on one line of their output why, at its end; the agent adds to the errors no more than the exit code. No other line can
  // take it away.
  const said = [...command.output.matchAll(/^(?:REFUSED|FAILED): (.+)$/gm)].at(-1)?.[1];
  const errors = (said && redacted(said)) ?? withoutReason(command) ?? redacted(command.errors).trim().slice(-OUTPUT_KEPT_CHARACTERS);
  const untouched = untouchedBy(command);
  const withoutOutput = `the command ended as ${command.detail}${code}`;
  const why = `${withoutOutput}${errors ? `: ${errors}` : ''}`;
  if (command.status === 'cancelled' && untouched !== 'not-taken') return { kind: 'stopped', why, detail, withoutOutput };
  return { kind: 'failed', why, detail, withoutOutput, ...(untouched && { untouched }) };
}

/** Every script of ours says something before it fails, so that a failure without a word is the agent's own. */
function withoutReason({ status, exitCode, output, errors }: CommandResult): string | undefined {
  if (status !== 'failed' || exitCode !== 1 || output.trim() !== '' || !/^(failed to run commands: exit status 1)?$/.test(errors.trim()))
    return undefined;
  return 'the agent could give no reason; the disk on which it works (/var/lib/amazon/ssm) may be full, or its machine went down';
}

/** The instance that a command runs on. */
export function instanceId(target: Target): string {
  if (target.kind !== 'instance') throw new TypeError(`a command runs on an instance, not on a ${target.kind}`);
  return target.id;
}
