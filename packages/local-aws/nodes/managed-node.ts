import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Container, MARKER, startContainer } from './container.ts';
import { processesIn } from './control-groups.ts';
import { destroyNode, registerNode } from './node-cleanup.ts';
import { executeInNode, type NodeCommand, type NodeCommandOptions } from './node-command.ts';
import { type NodeFolder, nodeFolder } from './node-folder.ts';
import { buildImage } from './node-image.ts';
import { type NodeAnswer, type RequestOptions, requestInNode } from './node-request.ts';
import type { CommandResult } from './run-command-line.ts';
import { unitControlGroup } from './unit-control-group.ts';

export interface NodeOptions {
  /** Host name, unique within a run: lower-case letters, digits and hyphens. */
  readonly name: string;
  readonly instanceId: string;
  /** @default 48: small enough to be filled in well under a second. */
  readonly diskMegabytes?: number;
  /** Size of a volume with xfs that is the disk instead; only what is written of it takes memory. @default - the disk is memory */
  readonly volumeGibibytes?: number;
}

export interface RebootOptions {
  /** After this time without a clean shutdown the power is cut. @default - never */
  readonly hardAfterMs?: number;
}

/** A machine with its own systemd, file system, process tree and network, under the eyes of the host. */
export interface ManagedNode {
  readonly name: string;
  readonly instanceId: string;
  readonly folder: NodeFolder;
  /** Whether the Systems Manager agent answers. Set it to false for a node that runs on while its agent is silent; every boot starts it anew. */
  agentOnline: boolean;
  /** Of the Systems Manager agent. @default - one that hands parameters to scripts */
  agentVersion?: string;
  isUp(): boolean;
  /** Whether the power is on; during a reboot it is, though the node is not up. */
  isSwitchedOn(): boolean;
  /** Process id of the node's init as the host sees it, while the node is up. */
  initPid(): number | undefined;
  /** Runs a program, or a shell script given as text, inside the node as root; rejects with `NodeDown` when the node is down. */
  exec(command: NodeCommand, options?: NodeCommandOptions): Promise<CommandResult>;
  /** Asks the web service, or another service by its socket file inside the node. */
  request(path: string, options?: RequestOptions): Promise<NodeAnswer>;
  /** Host-side ids of the processes of one of the node's units. */
  processesOf(unit: string): readonly number[];
  /** Cuts the power: nothing in the node gets a chance to tidy up. The disk keeps its files. */
  powerOff(): Promise<void>;
  powerOn(): Promise<void>;
  /** Reboots in an orderly way, by force where that takes longer than given, and waits until the node is up again. */
  reboot(options?: RebootOptions): Promise<void>;
  destroy(): Promise<void>;
}

/** Ends a command whose node is not running. */
export class NodeDown extends Error {
  constructor(name: string) {
    super(`node ${name} is down`);
    this.name = 'NodeDown';
  }
}

/** systemd's start-up takes about half a second here; a crowded machine may need a hundred times that. */
const STARTUP_TIME_LIMIT_MS = 120_000;

/** Boots a node and waits until its services were started. Several nodes may boot at the same time. */
export async function bootNode(options: NodeOptions): Promise<ManagedNode> {
  if (!/^[a-z][a-z0-9-]{0,20}$/.test(options.name)) throw new RangeError(`not a node name: ${options.name}`);
  const folder = nodeFolder(options.name);
  registerNode(folder);
  try {
    const { volumeGibibytes, diskMegabytes: memoryMegabytes = 48 } = options;
    buildImage({ folder, hostname: options.name, disk: volumeGibibytes === undefined ? { memoryMegabytes } : { volumeGibibytes } });
    writeFileSync(`${folder.root}${MARKER}`, folder.unitName);
    const node = new NspawnNode(options, folder);
    await node.powerOn();
    return node;
  } catch (error) {
    await destroyNode(folder);
    throw error;
  }
}

class NspawnNode implements ManagedNode {
  readonly name: string;
  readonly instanceId: string;
  readonly folder: NodeFolder;
  agentOnline = true;
  #container: Container | undefined;
  #boots: Promise<void> = Promise.resolve();
  #switchedOn = false;

  constructor(options: NodeOptions, folder: NodeFolder) {
    this.name = options.name;
    this.instanceId = options.instanceId;
    this.folder = folder;
  }

  isUp(): boolean {
    return this.#container?.isRunning() ?? false;
  }

  isSwitchedOn(): boolean {
    return this.#switchedOn;
  }

  initPid(): number | undefined {
    return this.#container?.isRunning() ? this.#container.initPid : undefined;
  }

  async exec(command: NodeCommand, options: NodeCommandOptions = {}): Promise<CommandResult> {
    return executeInNode({ folder: this.folder, initPid: this.#requireInit() }, command, options);
  }

  async request(path: string, options: RequestOptions = {}): Promise<NodeAnswer> {
    return requestInNode(this.#requireInit(), path, options);
  }

  processesOf(unit: string): readonly number[] {
    return this.isUp() ? processesIn(unitControlGroup(this.folder.unitName, unit)) : [];
  }

  async powerOff(): Promise<void> {
    await this.#boots;
    this.#switchedOn = false;
    const container = this.#container;
    this.#container = undefined;
    if (container === undefined) return;
    if (container.isRunning()) process.kill(container.initPid, 'SIGKILL');
    await container.exited;
  }

  async powerOn(): Promise<void> {
    if (this.isUp()) return;
    this.#switchedOn = true;
    await this.#startBoot();
  }

  async reboot({ hardAfterMs }: RebootOptions = {}): Promise<void> {
    const before = this.#container;
    await this.exec(['systemctl', 'reboot', '--no-block']);
    if (hardAfterMs !== undefined && !(await isOverWithin(before?.exited, hardAfterMs))) {
      await this.powerOff();
      return this.powerOn();
    }
    await before?.exited;
    await this.#boots;
    if (!this.isUp()) throw new NodeDown(this.name);
  }

  async destroy(): Promise<void> {
    await this.powerOff();
    await destroyNode(this.folder);
  }

  #requireInit(): number {
    const pid = this.initPid();
    if (pid === undefined) throw new NodeDown(this.name);
    return pid;
  }

  /** A failed boot rejects for whoever waits; without anyone waiting, `isUp()` tells. */
  #startBoot(): Promise<void> {
    const boot = this.#boot();
    this.#boots = boot.catch(() => undefined);
    return boot;
  }

  async #boot(): Promise<void> {
    const container = await startContainer(this.folder, this.name);
    this.#container = container;
    container.exited.then((end) => {
      // A reboot asked for inside the node ends the container; the machine itself stays switched on.
      if (this.#container !== container) return;
      if (end === 'rebooting') this.#startBoot();
      else this.#switchedOn = false;
    });
    const running = await this.exec(['systemctl', 'is-system-running', '--wait'], { timeoutMs: STARTUP_TIME_LIMIT_MS });
    if (running.timedOut) throw new Error(`node ${this.name} did not finish its start-up: ${running.stdout.trim()}`);
    await this.#awaitWebService();
    this.agentOnline = true;
  }

  /** systemd counts the service as started before it listens. */
  async #awaitWebService(): Promise<void> {
    const deadline = Date.now() + STARTUP_TIME_LIMIT_MS;
    while (!(await this.request('/health')).answered) {
      if (Date.now() > deadline) throw new Error(`the web service of node ${this.name} does not answer after the start-up`);
      await sleep(20);
    }
  }
}

async function isOverWithin(end: Promise<unknown> | undefined, milliseconds: number): Promise<boolean> {
  return Promise.race([Promise.resolve(end).then(() => true), sleep(milliseconds, false, { ref: false })]);
}
