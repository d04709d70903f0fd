import { expect } from 'vitest';
import { runAsAgent } from '../nodes/agent-script.ts';
import type { ManagedNode } from '../nodes/managed-node.ts';
import { canRunNodes } from '../nodes/node-support.ts';
import type { CommandResult } from '../nodes/run-command-line.ts';

const support = await canRunNodes((line) => console.log(line));

/** Empty when managed nodes can run here, else what to print beside a skipped suite. */
export const whyNoNodes = support.ok ? '' : ` (not executed: ${support.why}; ${support.next})`;

/** Longer than any script of ours may take, so that only a hang is ended by it. */
const TIME_LIMIT_MS = 60_000;

/** Each run has a file of its own, as under the agent: one that is being written cannot be run at the same time. */
let runs = 0;

/** Runs a document's script in a node as the agent does; `Service` becomes `SSM_Service`. */
export async function runDocument(node: ManagedNode, text: string, parameters: Readonly<Record<string, string>>): Promise<CommandResult> {
  const environment = Object.fromEntries(Object.entries(parameters).map(([name, value]) => [`SSM_${name}`, value]));
  runs += 1;
  const script = { commandId: `test-${runs}`, step: 'run', text, environment };
  const result = await runAsAgent(node, script, { timeoutMs: TIME_LIMIT_MS });
  if (result === undefined) throw new Error('the node had no room for the script');
  return result;
}

/** Runs a preparing or inspecting script in a node; fails the test when it fails. Gives what it printed, without the last newline. */
export async function shell(node: ManagedNode, script: string): Promise<string> {
  const result = await node.exec(`set -eu\n${script}`, { timeoutMs: TIME_LIMIT_MS });
  if (result.exitCode !== 0) throw new Error(`exit code ${result.exitCode}: ${result.stderr}\n${script}`);
  return result.stdout.trimEnd();
}

/** A service that was just started listens a moment later, and later on a busy machine. */
const LISTENS = { timeout: 60_000, interval: 50 };

/** Waits until the node's web service answers, or another path of it does, such as one that makes a fault. */
export async function untilAnswered(node: ManagedNode, path = '/'): Promise<void> {
  await expect.poll(() => node.request(path), LISTENS).toMatchObject({ answered: true });
}
