import { expect } from 'vitest';
import type { Service, Upstream } from '../gateway/service.ts';

const upstream: Upstream = {
  call: () => Promise.reject(new Error('nothing here goes to the local AWS')),
  sendEvents: () => Promise.reject(new Error('no events are sent here')),
};

/** What GetCommandInvocation answers. */
export interface InvocationAnswer {
  readonly Status: string;
  readonly StatusDetails: string;
  readonly ResponseCode: number;
  readonly StandardOutputContent: string;
  readonly StandardErrorContent: string;
}

/** Run Command as its callers use it, for one instance. */
export class SentCommands {
  readonly #actions: Service['actions'];
  readonly #instanceId: string;
  #documents = 0;

  constructor({ actions }: Service, instanceId: string) {
    this.#actions = actions;
    this.#instanceId = instanceId;
  }

  async call(action: string, parameters: Record<string, unknown>): Promise<Record<string, unknown>> {
    const answer = this.#actions[action];
    if (answer === undefined) throw new Error(`no action ${action}`);
    return answer(parameters, upstream);
  }

  /** Makes a document with one step for Linux; `step` are inputs of the step, `content` members of the document. */
  async createDocument(script: string, content: Record<string, unknown> = {}, step: Record<string, unknown> = {}): Promise<string> {
    this.#documents += 1;
    const Name = `document-${this.#documents}`;
    const inputs = { runCommand: script.split('\n'), ...step };
    const precondition = { StringEquals: ['platformType', 'Linux'] };
    const mainSteps = [{ action: 'aws:runShellScript', name: 'run', precondition, inputs }];
    const Content = JSON.stringify({ schemaVersion: '2.2', ...content, mainSteps });
    await this.call('CreateDocument', { Name, DocumentType: 'Command', Content });
    return Name;
  }

  async send(DocumentName: string, more: Record<string, unknown> = {}): Promise<string> {
    const { Command } = await this.call('SendCommand', { DocumentName, InstanceIds: [this.#instanceId], TimeoutSeconds: 30, ...more });
    return (Command as { CommandId: string }).CommandId;
  }

  async invocation(CommandId: string): Promise<InvocationAnswer> {
    return (await this.call('GetCommandInvocation', { CommandId, InstanceId: this.#instanceId })) as unknown as InvocationAnswer;
  }

  /** Waits as the pipeline does: an invocation that cannot be found yet is asked for again. */
  async outcome(commandId: string): Promise<InvocationAnswer> {
    const isOver = async () => !['Pending', 'InProgress'].includes((await this.invocation(commandId)).Status);
    await expect.poll(() => isOver().catch(() => false), { timeout: 60_000, interval: 50 }).toBe(true);
    return this.invocation(commandId);
  }

  /** Makes a document of the script, sends it, and waits for its end. */
  async run(script: string, step: Record<string, unknown> = {}): Promise<InvocationAnswer> {
    return this.outcome(await this.send(await this.createDocument(script, {}, step)));
  }
}
