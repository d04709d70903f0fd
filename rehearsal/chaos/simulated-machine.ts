import { setTimeout as sleep } from 'node:timers/promises';
import type { ManagedNode } from '@self-healing/local-aws/nodes/managed-node.ts';
import type { CommandResult } from '@self-healing/local-aws/nodes/run-command-line.ts';
import { SUCCEEDED, simulatedNode } from '@self-healing/local-aws/nodes/simulated-node.ts';
import type { Ec2Instance } from '@self-healing/local-aws/services/ec2.ts';

/** What a simulated machine asks its director. */
export interface Direction {
  /** How long the script of this document takes, in milliseconds. */
  takes(document: string): number;
  /** The act on the machine is over; it may have cured. */
  done(machine: SimulatedMachine, act: string): void;
}

/** Exit code by which a script asks the agent to reboot the machine and to run it again. */
const REBOOT_EXIT_CODE = 194;
const REBOOT_MS = 2_000;

/**
 * An instance without a machine: its scripts are not run, they take their time and end as the director says. Hundreds of
 * them cost nothing, which real machines would.
 */
export class SimulatedMachine {
  readonly id: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly node: ManagedNode;
  state: Ec2Instance['state'] = 'running';
  /** The document of the command that was sent last. */
  document = '';
  readonly #direction: Direction;
  #isUp = true;
  #rebootedFor = '';

  constructor(id: string, tags: Readonly<Record<string, string>>, direction: Direction) {
    this.id = id;
    this.tags = tags;
    this.#direction = direction;
    this.node = simulatedNode(id, {
      ...(tags.Name !== undefined && { name: tags.Name }),
      run: () => this.#run(),
      isUp: () => this.#isUp,
      reboot: () => this.#reboot(),
    });
  }

  /** Comes back with an agent that answers. */
  async #reboot(): Promise<void> {
    this.#isUp = false;
    await sleep(REBOOT_MS);
    this.#isUp = true;
    this.node.agentOnline = true;
  }

  /** A reboot that EC2 was asked for. */
  async rebootByEc2(): Promise<void> {
    await this.node.reboot();
    this.#direction.done(this, 'restart-instance');
  }

  async #run(): Promise<CommandResult> {
    const { document } = this;
    const isReboot = document.endsWith('restart-instance');
    if (isReboot && this.#rebootedFor !== document) {
      this.#rebootedFor = document;
      return { ...SUCCEEDED, exitCode: REBOOT_EXIT_CODE };
    }
    this.#rebootedFor = '';
    await sleep(this.#direction.takes(document));
    this.#direction.done(this, document);
    return { ...SUCCEEDED, stdout: isReboot ? 'REBOOTED: as simulated\n' : 'done, as simulated\n' };
  }
}
