import { setTimeout as sleep } from 'node:timers/promises';
import { type ManagedNode, NodeDown } from '../../nodes/managed-node.ts';
import type { CommandResult } from '../../nodes/run-command-line.ts';
import type { ScriptStep } from './command-script.ts';
import {
  cancelled,
  deliveryTimedOut,
  executionTimedOut,
  failed,
  type Invocation,
  type InvocationState,
  inProgress,
  isOver,
  KEPT_STDERR_CHARACTERS,
  KEPT_STDOUT_CHARACTERS,
  succeeded,
} from './invocation.ts';

export interface Delivery {
  readonly node: ManagedNode;
  readonly steps: readonly ScriptStep[];
  /** How long the agent has to fetch the command. */
  readonly deliveryTimeoutMs: number;
}

/** The agent polls for messages; a fifth of a second is about what a healthy one takes. */
const DELIVERY_POLL_MS = 200;

/** Exit code by which a script asks the agent to reboot the node and to run it again. */
const REBOOT_EXIT_CODE = 194;

/** Exit codes by which a script ends the whole document, in success or failure; the later steps are left out. */
const ENDS_DOCUMENT = { success: 168, failure: 169 } as const;

/** The agent gives up on a script that never has enough. */
const MOST_REBOOTS = 3;

/** What the agent reports for a script that it had to end. */
const STOPPED_EXIT_CODE = 137;

/** Brings one command to one node and runs its steps there; the outcome is found in the invocation, which this function alone writes. */
export async function executeInvocation(invocation: Invocation, delivery: Delivery): Promise<void> {
  const deadline = Date.now() + delivery.deliveryTimeoutMs;
  invocation.state = inProgress;
  while (!isReachable(delivery.node)) {
    if (invocation.abort.signal.aborted) return end(invocation, cancelled);
    if (Date.now() > deadline) return end(invocation, deliveryTimedOut);
    await sleep(DELIVERY_POLL_MS, undefined, { ref: false });
  }
  for (const step of delivery.steps) {
    if (invocation.abort.signal.aborted) break;
    const code = await runStep(invocation, delivery.node, step);
    if (code === ENDS_DOCUMENT.success || code === ENDS_DOCUMENT.failure) break;
  }
  const worst = invocation.steps.map((step) => step.state).find((state) => state.status !== 'Success');
  end(invocation, invocation.abort.signal.aborted ? cancelled : (worst ?? succeeded));
}

function isReachable(node: ManagedNode): boolean {
  return node.isUp() && node.agentOnline;
}

function end(invocation: Invocation, state: InvocationState): void {
  if (!isOver(invocation.state)) invocation.state = state;
}

/** Gives the exit code of the step. */
async function runStep(invocation: Invocation, node: ManagedNode, step: ScriptStep): Promise<number> {
  const startedAt = new Date();
  const result = await runScript(invocation, node, step);
  const state = stateOf(result, invocation.abort.signal.aborted);
  const ended = result.timedOut || invocation.abort.signal.aborted;
  const responseCode = ended ? STOPPED_EXIT_CODE : result.exitCode;
  // The agent adds this line itself.
  const stderr = state === failed ? `${result.stderr}failed to run commands: exit status ${responseCode}` : result.stderr;
  invocation.steps = [
    ...invocation.steps,
    {
      name: step.name,
      state,
      responseCode,
      stdout: result.stdout.slice(0, KEPT_STDOUT_CHARACTERS),
      stderr: stderr.slice(0, KEPT_STDERR_CHARACTERS),
      startedAt,
      endedAt: new Date(),
    },
  ];
  return responseCode;
}

function stateOf(result: CommandResult, aborted: boolean): InvocationState {
  if (aborted) return cancelled;
  if (result.timedOut) return executionTimedOut;
  return result.exitCode === 0 || result.exitCode === ENDS_DOCUMENT.success ? succeeded : failed;
}

async function runScript(invocation: Invocation, node: ManagedNode, step: ScriptStep): Promise<CommandResult> {
  const deadline = Date.now() + step.timeoutSeconds * 1000;
  for (let reboots = 0; ; reboots += 1) {
    const result = await runOnce(invocation, node, step, Math.max(deadline - Date.now(), 1));
    if (result.exitCode !== REBOOT_EXIT_CODE || reboots === MOST_REBOOTS) return result;
    await node.reboot();
  }
}

/** A node that dies under a command never answers again, so the command counts as running until its time is up. */
async function runOnce(invocation: Invocation, node: ManagedNode, step: ScriptStep, timeoutMs: number): Promise<CommandResult> {
  const { signal } = invocation.abort;
  const initPid = node.initPid();
  const env = { ...step.environment, AWS_SSM_INSTANCE_ID: node.instanceId };
  const deadline = Date.now() + timeoutMs;
  const result = await node.exec(step.script, { env, timeoutMs, signal }).catch((error: unknown) => {
    if (error instanceof NodeDown) return undefined;
    throw error;
  });
  if (result !== undefined && node.initPid() === initPid) return result;
  await sleep(Math.max(deadline - Date.now(), 0), undefined, { ref: false, signal }).catch(() => undefined);
  return { exitCode: -1, stdout: result?.stdout ?? '', stderr: result?.stderr ?? '', timedOut: true };
}
