import type { ManagedNode } from '@self-healing/local-aws/nodes/managed-node.ts';
import { createNodeMeter, type NodeMeasurement } from '@self-healing/local-aws/nodes/node-measurements.ts';
import type { Target } from '../../lambdas/core/target.ts';
import type { Stage } from '../stage/stage.ts';

export function instanceOf(node: ManagedNode): Target {
  return { kind: 'instance', id: node.instanceId };
}

/** The group's first member, as its members have no names of their own. */
export function member(stage: Stage): ManagedNode {
  const node = stage.groupNodes()[0];
  if (!node) throw new Error('the Auto Scaling group has no member in service');
  return node;
}

/** Measures a node once, for a scenario's own judgement. */
export function measure(node: ManagedNode): Promise<NodeMeasurement> {
  return createNodeMeter(node).measure();
}

/** Makes the node's web service fail in a way that it knows itself. */
export async function fault(node: ManagedNode, path: string): Promise<void> {
  await node.request(`/fault/${path}`, { timeoutMs: 10_000 });
}

export async function kill(stage: Stage, name: string): Promise<void> {
  await stage.machines.named(name).exec(['systemctl', 'kill', '--signal=SIGKILL', 'web.service']);
}

export async function isServiceDown(stage: Stage, name: string): Promise<boolean> {
  return (await measure(stage.machines.named(name))).serviceProcesses === 0;
}

/** Sentences that hold for every fault on a node. */
export const realNode = [
  'The node is a systemd machine of its own; the fault was made and measured in it.',
  'The Command document that was deployed ran inside the node.',
] as const;

export const simulatedNode = [
  'EC2 and the Systems Manager agent are simulated by the rehearsal; alarm periods and waits are shortened.',
] as const;
