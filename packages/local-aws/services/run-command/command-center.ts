import { randomUUID } from 'node:crypto';
import type { z } from 'zod';
import { AwsError } from '../../gateway/service.ts';
import type { ManagedNode } from '../../nodes/managed-node.ts';
import { agentAccepts } from './agent-patterns.ts';
import { resolveParameters } from './command-document.ts';
import { scriptSteps } from './command-script.ts';
import { checkSize, commandOf, type DocumentStore, hashOf } from './document-store.ts';
import { type Delivery, executeInvocation } from './execute-invocation.ts';
import { type Command, failed, type Invocation, isOver, pending } from './invocation.ts';
import type { sendCommand } from './requests.ts';

/** Finds a managed node by its instance id; what it does not know is not registered with Systems Manager. */
export interface NodeDirectory {
  find(instanceId: string): ManagedNode | undefined;
  /** Needed only to list instances without naming them. */
  all?(): readonly ManagedNode[];
}

export interface RunCommandOptions {
  /** Length of a second of the delivery timeout, so that a test need not wait the least that AWS allows (30 s). @default 1 */
  readonly secondsScale?: number;
  /** Length of the minute that the agent lets pass before it reboots a node, and before it gives up what a power cut interrupted. @default 60000 */
  readonly agentMinuteMs?: number;
}

export const MINUTE_MS = 60_000;

/** Systems Manager is eventually consistent: a command just sent cannot be found for a moment. */
const INVISIBLE_MS = 200;

/** Keeps the commands that were sent, and carries them out. */
export class CommandCenter {
  readonly #nodes: NodeDirectory;
  readonly #documents: DocumentStore;
  readonly #secondsScale: number;
  readonly #agentMinuteMs: number;
  readonly #commands = new Map<string, Command>();

  constructor(nodes: NodeDirectory, documents: DocumentStore, options: RunCommandOptions) {
    this.#nodes = nodes;
    this.#documents = documents;
    this.#secondsScale = options.secondsScale ?? 1;
    this.#agentMinuteMs = options.agentMinuteMs ?? MINUTE_MS;
  }

  send(request: z.infer<typeof sendCommand>, now: Date): Command {
    const document = this.#documents.get(request.DocumentName);
    const version = this.#documents.version(request.DocumentName, request.DocumentVersion);
    if (request.DocumentHash !== undefined && request.DocumentHash !== hashOf(version.content)) {
      throw new AwsError('InvalidDocument', 'The hash of the document differs from the given one.');
    }
    checkSize(version.content, request.Parameters);
    const content = commandOf(document, version);
    const parameters = resolveParameters(content, request.Parameters);
    const nodes = this.#targets(request);
    const expiresAt = new Date(now.getTime() + request.TimeoutSeconds * 1000);
    const commandId = randomUUID();
    const command: Command = {
      commandId,
      documentName: document.name,
      documentVersion: request.DocumentVersion ?? '$DEFAULT',
      comment: request.Comment,
      parameters,
      instanceIds: nodes.map((node) => node.instanceId),
      requestedAt: now,
      expiresAt,
      timeoutSeconds: request.TimeoutSeconds,
      stepNames: content.mainSteps.map((step) => step.name),
      invocations: nodes.map((node) => newInvocation(commandId, node)),
    };
    this.#commands.set(commandId, command);
    this.#start(command, nodes, { steps: scriptSteps(content, parameters), accepted: agentAccepts(content, parameters) });
    return command;
  }

  /** Commands that can be found by now, newest first. */
  list(now: Date): readonly Command[] {
    return [...this.#commands.values()].filter((command) => isVisible(command, now)).reverse();
  }

  get(commandId: string): Command {
    const command = this.#commands.get(commandId);
    if (command === undefined) throw new AwsError('InvalidCommandId', `Command ${commandId} does not exist.`);
    return command;
  }

  invocation(commandId: string, instanceId: string, now: Date): { command: Command; invocation: Invocation } {
    const command = this.#commands.get(commandId);
    const invocation = command?.invocations.find((candidate) => candidate.instanceId === instanceId);
    if (command === undefined || invocation === undefined || !isVisible(command, now)) {
      throw new AwsError('InvocationDoesNotExist', 'The command ID and instance ID you specified did not match any invocations.');
    }
    return { command, invocation };
  }

  cancel(commandId: string, instanceIds: readonly string[]): void {
    for (const invocation of this.get(commandId).invocations) {
      const meant = instanceIds.length === 0 || instanceIds.includes(invocation.instanceId);
      if (meant && !isOver(invocation.state)) invocation.abort.abort();
    }
  }

  #targets(request: z.infer<typeof sendCommand>): readonly ManagedNode[] {
    const foreign = request.Targets.find((target) => target.Key !== 'InstanceIds');
    if (foreign !== undefined) throw new AwsError('InvalidTarget', `The local AWS finds nodes by instance id only, not by ${foreign.Key}.`);
    const ids = [...request.InstanceIds, ...request.Targets.flatMap((target) => target.Values)];
    if (ids.length === 0) throw new AwsError('InvalidParameters', 'Neither InstanceIds nor Targets name an instance.');
    if (new Set(ids).size !== ids.length) throw new AwsError('DuplicateInstanceId', 'An instance id is given twice.');
    return ids.map((id) => {
      const node = this.#nodes.find(id);
      if (node === undefined) throw new AwsError('InvalidInstanceId', `Instances [[${id}]] not in a valid state for account 000000000000`);
      return node;
    });
  }

  #start(command: Command, nodes: readonly ManagedNode[], document: Pick<Delivery, 'steps' | 'accepted'>): void {
    const deliveryTimeoutMs = command.timeoutSeconds * 1000 * this.#secondsScale;
    for (const [index, node] of nodes.entries()) {
      const invocation = command.invocations[index];
      if (invocation === undefined) continue;
      const delivery = { ...document, node, deliveryTimeoutMs, agentMinuteMs: this.#agentMinuteMs };
      // After the answer, in which a command is always pending.
      setImmediate(() => executeInvocation(invocation, delivery).catch((error: unknown) => recordBreakdown(invocation, error)));
    }
  }
}

function newInvocation(commandId: string, node: ManagedNode): Invocation {
  const { instanceId, name } = node;
  return { commandId, instanceId, instanceName: name, state: pending, steps: [], abort: new AbortController() };
}

function isVisible(command: Command, now: Date): boolean {
  return now.getTime() - command.requestedAt.getTime() >= INVISIBLE_MS;
}

/** The node broke down in a way that the agent could not report; the command must not look as if it were still running. */
function recordBreakdown(invocation: Invocation, error: unknown): void {
  const now = new Date();
  const stderr = `the local AWS could not run the command: ${String(error)}`;
  invocation.steps = [
    ...invocation.steps,
    { name: 'rehearsal', state: failed, responseCode: -1, stdout: '', stderr, startedAt: now, endedAt: now },
  ];
  invocation.state = failed;
}
