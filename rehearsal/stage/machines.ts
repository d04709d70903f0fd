import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { bootNode, type ManagedNode } from '@self-healing/local-aws/nodes/managed-node.ts';
import { growVolume, volumeDevice } from '@self-healing/local-aws/nodes/volume.ts';
import type { Ec2Volume } from '@self-healing/local-aws/services/ec2/volumes.ts';
import type { Ec2Instance } from '@self-healing/local-aws/services/ec2.ts';
import { fixtures, TIME_SCALE } from './fixtures.ts';

interface Machine {
  readonly id: string;
  readonly tags: Readonly<Record<string, string>>;
  node?: ManagedNode;
  state: Ec2Instance['state'];
  /** Of an instance that is a record only. */
  readonly paper?: { readonly zone: string };
  /** The volume that is its disk. */
  volume?: Ec2Volume;
}

/** EC2 gives a clean shutdown a few minutes, which pass faster here. */
const HARD_REBOOT_AFTER_MS = (4 * 60_000) / TIME_SCALE;

/** EBS needs about a minute until the room of a grown volume is there, which passes faster here. */
const GROWS_WITHIN_MS = 60_000 / TIME_SCALE;

/** No node's system lies on a volume. */
const ROOT_DEVICE = '/dev/xvda';

/** The machines of the rehearsal: EC2 instances to AWS, managed nodes underneath. */
export class Machines {
  readonly #machines = new Map<string, Machine>();
  #launched = 0;
  #hoursPassed = 0;

  instances(): readonly Ec2Instance[] {
    return [...this.#machines.values()].map(({ id, state, tags, node, paper, volume }) => ({
      id,
      ...paper,
      ...(volume && { volumes: { [volume.device]: volume.id }, rootDevice: ROOT_DEVICE }),
      tags,
      state: state === 'running' && node && !node.isSwitchedOn() ? 'stopped' : state,
      checks: paper || node?.isUp() ? 'ok' : 'initializing',
    }));
  }

  volumes(): readonly Ec2Volume[] {
    return [...this.#machines.values()].flatMap(({ volume }) => (volume ? [volume] : []));
  }

  hoursPassed(): number {
    return this.#hoursPassed;
  }

  /** To EBS, so many hours have passed at once. */
  letHoursPass(hours: number): void {
    this.#hoursPassed += hours;
  }

  async growVolume(volumeId: string, gibibytes: number): Promise<void> {
    const machine = [...this.#machines.values()].find(({ volume }) => volume?.id === volumeId);
    if (!machine?.volume || !machine.node) throw new Error(`no node has the volume ${volumeId}`);
    await sleep(GROWS_WITHIN_MS);
    growVolume(machine.node.folder, gibibytes);
    machine.volume = { ...machine.volume, gibibytes };
  }

  nodes(): readonly ManagedNode[] {
    return [...this.#machines.values()].flatMap(({ node }) => (node ? [node] : []));
  }

  /** The node of a running instance; the database's machine is AWS's own and has no agent of ours. */
  find(instanceId: string): ManagedNode | undefined {
    return this.#machines.get(instanceId)?.node;
  }

  named(name: string): ManagedNode {
    const node = this.nodes().find((candidate) => candidate.name === name);
    if (!node) throw new Error(`there is no node ${name}`);
    return node;
  }

  /** Boots the node of an instance that belongs to no group and no fleet. */
  async bootSingle(instanceId: string, name: string): Promise<ManagedNode> {
    await this.#boot(instanceId, name, { Name: name });
    return this.named(name);
  }

  /** Boots the fleet's nodes. */
  async bootFleet(): Promise<void> {
    const tags = { [fixtures.fleetTag.key]: fixtures.fleetTag.value };
    await Promise.all(
      [...fixtures.fleet, fixtures.volume.node].map((name) => {
        const id = newInstanceId();
        const { node, device, gibibytes } = fixtures.volume;
        const volume = name === node ? { id: newId('vol'), gibibytes, attachedTo: id, device, tags } : undefined;
        return this.#boot(id, name, { Name: name, ...tags }, volume);
      }),
    );
  }

  /** Makes members of the fleet that are records without a machine, where more are needed than can be booted. */
  enlist(count: number, zone: string): readonly string[] {
    const ids = Array.from({ length: count }, newInstanceId);
    for (const id of ids) {
      this.#machines.set(id, { id, state: 'running', tags: { [fixtures.fleetTag.key]: fixtures.fleetTag.value }, paper: { zone } });
    }
    return ids;
  }

  /** Takes such records away again. */
  dismiss(ids: readonly string[]): void {
    for (const id of ids) if (this.#machines.get(id)?.paper) this.#machines.delete(id);
  }

  /** Launches a member of the Auto Scaling group. */
  async launch(group: string, instanceId: string): Promise<void> {
    this.#launched += 1;
    const name = `${group}-${this.#launched}`;
    await this.#boot(instanceId, name, { Name: name, 'aws:autoscaling:groupName': group });
  }

  async terminate(instanceId: string): Promise<void> {
    const machine = this.#machines.get(instanceId);
    if (!machine) return;
    machine.state = 'shutting-down';
    await machine.node?.destroy();
    delete machine.node;
    machine.state = 'terminated';
  }

  async reboot(instanceId: string): Promise<void> {
    await this.find(instanceId)?.reboot({ hardAfterMs: HARD_REBOOT_AFTER_MS });
  }

  async stop(): Promise<void> {
    await Promise.all(this.nodes().map((node) => node.destroy()));
  }

  async #boot(id: string, name: string, tags: Record<string, string>, volume?: Ec2Volume): Promise<void> {
    const machine: Machine = { id, tags, state: 'pending', ...(volume && { volume }) };
    this.#machines.set(id, machine);
    machine.node = await bootNode({ name, instanceId: id, ...(volume && { volumeGibibytes: volume.gibibytes }) });
    if (volume) await nameDisk(machine.node, volume.id);
    machine.state = 'running';
  }
}

/** Gives a node's disk the link that udev makes for a volume, by which its system tells which one it is. */
async function nameDisk(node: ManagedNode, volumeId: string): Promise<void> {
  const device = volumeDevice(node.folder);
  if (device === undefined) throw new Error(`the disk of ${node.name} is no volume`);
  const link = `/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_${volumeId.replace('-', '')}`;
  const { exitCode, stderr } = await node.exec(['sh', '-euc', 'mkdir -p "$(dirname "$2")"; ln -sfn "$1" "$2"', 'sh', device, link]);
  if (exitCode !== 0) throw new Error(`the disk of ${node.name} cannot be named: ${stderr}`);
}

function newInstanceId(): string {
  return newId('i');
}

/** An id as EC2 makes them: 17 hexadecimal digits. */
function newId(kind: 'i' | 'vol'): string {
  return `${kind}-${randomBytes(9).toString('hex').slice(1)}`;
}
