import { setTimeout as sleep } from 'node:timers/promises';
import { runAsAgent } from '../../nodes/agent-script.ts';
import { type ManagedNode, NodeDown } from '../../nodes/managed-node.ts';
import type { CommandResult } from '../../nodes/run-command-line.ts';
import { reportedOutput } from './agent-limits.ts';
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
  succeeded,
} from './invocation.ts';

export interface Delivery {
  readonly node: ManagedNode;
  readonly steps: readonly ScriptStep[];
  /** Whether the agent takes the document; otherwise nothing of it is run. */
  readonly accepted: boolean;
  /** How long the agent has to fetch the command. */
  readonly deliveryTimeoutMs: number;
  /** The minute that the agent lets pass before a reboot, and before it gives up what a power cut interrupted. */
  readonly agentMinuteMs: number;
}

/** The agent polls for messages; a fifth of a second is about what a healthy one takes. */
const POLL_MS = 200;

/** Exit code by which a script asks the agent to reboot the node and to run it again. */
const REBOOT_EXIT_CODE = 194;

/** Exit codes by which a script ends the whole document, in success or failure; the later steps are left out. */
const ENDS_DOCUMENT = { success: 168, failure: 169 } as const;

/** After the last one the agent forgets the command, and nobody is told any more. */
const MOST_RESUMES = 15;

/** What the agent reports for a script that it had to end. To it, a script that ends with this code by itself was ended by it. */
const STOPPED_EXIT_CODE = 137;

/** How a step ended, in the agent's words. */
interface StepEnd {
  readonly state: InvocationState;
  readonly responseCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The agent comes back without knowing what became of the script, and does not run it again. */
const interrupted: StepEnd = { state: failed, responseCode: 1, stdout: '', stderr: '' };

/** Nobody answers any more; the service gives up by itself. */
const unanswered: StepEnd = { state: executionTimedOut, responseCode: -1, stdout: '', stderr: '' };

/** Without room for its own files the agent fails, and cannot say why, as that would have to be written, too. */
const withoutRoom: StepEnd = { state: failed, responseCode: 1, stdout: '', stderr: '' };

/** Brings one command to one node and runs its steps there; the outcome is found in the invocation, which this function alone writes. */
export async function executeInvocation(invocation: Invocation, delivery: Delivery): Promise<void> {
  const started = Date.now();
  invocation.state = inProgress;
  while (!isReachable(delivery.node)) {
    if (invocation.abort.signal.aborted) return end(invocation, cancelled);
    if (Date.now() > started + delivery.deliveryTimeoutMs) return end(invocation, deliveryTimedOut);
    await sleep(POLL_MS, undefined, { ref: false });
  }
  if (!delivery.accepted) return end(invocation, failed);
  const allSteps = delivery.steps.reduce((sum, { timeoutSeconds }) => sum + timeoutSeconds * 1_000, 0);
  const serviceGivesUpAt = started + delivery.deliveryTimeoutMs + allSteps;
  for (const step of delivery.steps) {
    if (invocation.abort.signal.aborted) break;
    const startedAt = new Date();
    const { stdout, stderr, ...ended } = await runStep(invocation, delivery, step, serviceGivesUpAt);
    const output = { stdout: reportedOutput(stdout), stderr: reportedOutput(stderr) };
    invocation.steps = [...invocation.steps, { name: step.name, ...ended, ...output, startedAt, endedAt: new Date() }];
    if (ended.responseCode === ENDS_DOCUMENT.success || ended.responseCode === ENDS_DOCUMENT.failure) break;
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

/** Runs a step until it asks for no reboot any more. The outputs of all its runs are one; each run has all of its time. */
async function runStep(invocation: Invocation, delivery: Delivery, step: ScriptStep, serviceGivesUpAt: number): Promise<StepEnd> {
  const { node, agentMinuteMs } = delivery;
  const { signal } = invocation.abort;
  const before = { stdout: '', stderr: '' };
  for (let resumes = 0; ; resumes += 1) {
    const boot = node.initPid();
    const result = await runOnce(invocation, node, step);
    if (result === 'no room') return withoutRoom;
    if (result === undefined) {
      if (!(await isUpAgain(node, boot, serviceGivesUpAt, signal))) return signal.aborted ? stopped(before) : unanswered;
      await sleep(agentMinuteMs, undefined, { ref: false, signal }).catch(() => undefined);
      return signal.aborted ? stopped(before) : interrupted;
    }
    before.stdout += result.stdout;
    before.stderr += result.stderr;
    if (result.timedOut || signal.aborted || result.exitCode !== REBOOT_EXIT_CODE) return endOf({ ...result, ...before }, signal.aborted);
    await sleep(agentMinuteMs, undefined, { ref: false, signal }).catch(() => undefined);
    // Like the agent, which does not look at what becomes of its call: a node that does not reboot is just not heard of any more.
    if (node.initPid() === boot && !signal.aborted) await node.reboot().catch(() => undefined);
    const isHeardOf = resumes < MOST_RESUMES && (await isUpAgain(node, boot, serviceGivesUpAt, signal));
    if (signal.aborted) return stopped(before);
    if (!isHeardOf) {
      await sleep(Math.max(serviceGivesUpAt - Date.now(), 0), undefined, { ref: false, signal }).catch(() => undefined);
      return signal.aborted ? stopped(before) : unanswered;
    }
  }
}

/** One run; undefined when the node died under it. */
async function runOnce(invocation: Invocation, node: ManagedNode, step: ScriptStep): Promise<CommandResult | 'no room' | undefined> {
  const { commandId, abort } = invocation;
  const boot = node.initPid();
  const { name, script: text, environment, folder, timeoutSeconds } = step;
  const script = { commandId, step: name, text, environment, folder };
  try {
    const result = (await runAsAgent(node, script, { timeoutMs: timeoutSeconds * 1_000, signal: abort.signal })) ?? 'no room';
    return node.initPid() === boot ? result : undefined;
  } catch (error) {
    if (error instanceof NodeDown) return undefined;
    throw error;
  }
}

/** Waits for another boot than that one, with an agent that answers; false when that takes too long. */
async function isUpAgain(node: ManagedNode, boot: number | undefined, deadline: number, signal: AbortSignal): Promise<boolean> {
  while (!(isReachable(node) && node.initPid() !== boot)) {
    if (Date.now() > deadline || signal.aborted) return false;
    await sleep(POLL_MS, undefined, { ref: false });
  }
  return true;
}

function stopped(output: { readonly stdout: string; readonly stderr: string }): StepEnd {
  return { ...output, state: cancelled, responseCode: STOPPED_EXIT_CODE };
}

function endOf(result: CommandResult, aborted: boolean): StepEnd {
  const { stdout, stderr } = result;
  if (aborted) return stopped(result);
  if (result.timedOut && result.groupWasGone) return failure(result, 1, 'no such process');
  if (result.timedOut || result.exitCode === STOPPED_EXIT_CODE)
    return { stdout, stderr, state: executionTimedOut, responseCode: STOPPED_EXIT_CODE };
  if (result.exitCode === 0) return { stdout, stderr, state: succeeded, responseCode: 0 };
  if (result.exitCode === ENDS_DOCUMENT.success)
    return { stdout: `${stdout}${leftOut(result.exitCode, 'succeeded')}`, stderr: '', state: succeeded, responseCode: result.exitCode };
  if (result.exitCode === ENDS_DOCUMENT.failure) {
    const end = failure(result, result.exitCode, `exit status ${result.exitCode}`);
    const words = leftOut(result.exitCode, 'Failed');
    return { ...end, stdout: `${stdout}${words}`, stderr: `${end.stderr}${words}` };
  }
  return failure(
    result,
    result.exitCode,
    result.signal === undefined ? `exit status ${result.exitCode}` : `signal: ${inWords(result.signal)}`,
  );
}

/** The agent adds the line to the errors itself. */
function failure({ stdout, stderr }: CommandResult, responseCode: number, why: string): StepEnd {
  return { stdout, stderr: `${stderr}failed to run commands: ${why}`, state: failed, responseCode };
}

/** The agent's own words. */
function leftOut(exitCode: number, marked: string): string {
  return `\nStep exited with code ${exitCode}. Therefore, marking step as ${marked}. Further document steps will be skipped.`;
}

/** As Go calls the signals that end scripts. */
function inWords(signal: NodeJS.Signals): string {
  return { SIGKILL: 'killed', SIGTERM: 'terminated', SIGINT: 'interrupt', SIGHUP: 'hangup' }[signal as string] ?? signal;
}
