import type { z } from 'zod';
import { AwsError } from '../../gateway/service.ts';
import { platform } from '../../nodes/agent-script.ts';
import type { ManagedNode } from '../../nodes/managed-node.ts';
import type { NodeDirectory } from './command-center.ts';
import type { describeInstances } from './requests.ts';

/** Whether the agents answer. AWS needs some minutes to notice that one is silent; here it shows at once. */
export class InstanceInformation {
  readonly #nodes: NodeDirectory;
  readonly #lastPing = new Map<string, Date>();

  constructor(nodes: NodeDirectory) {
    this.#nodes = nodes;
  }

  describe(request: z.infer<typeof describeInstances>, now: Date): Record<string, unknown> {
    const wanted = [
      ...request.Filters.map((filter) => ({ key: filter.Key, values: filter.Values })),
      ...request.InstanceInformationFilterList.map((filter) => ({ key: filter.key, values: filter.valueSet })),
    ];
    return { InstanceInformationList: this.#select(wanted).map((node) => this.#information(node, now)) };
  }

  #select(filters: readonly { key: string; values: readonly string[] }[]): readonly ManagedNode[] {
    const unknown = filters.find((filter) => filter.key !== 'InstanceIds');
    if (unknown !== undefined)
      throw new AwsError('InvalidInstanceInformationFilterValue', `The local AWS filters by InstanceIds only, not by ${unknown.key}.`);
    const [first, ...rest] = filters;
    if (first === undefined) return this.#all();
    const ids = first.values.filter((id) => rest.every((filter) => filter.values.includes(id)));
    return ids.map((id) => this.#nodes.find(id)).filter((node) => node !== undefined);
  }

  #all(): readonly ManagedNode[] {
    if (this.#nodes.all === undefined)
      throw new AwsError('InvalidInstanceInformationFilterValue', 'The local AWS needs a filter by InstanceIds here.');
    return this.#nodes.all();
  }

  #information(node: ManagedNode, now: Date): Record<string, unknown> {
    const online = node.isUp() && node.agentOnline;
    if (online) this.#lastPing.set(node.instanceId, now);
    return {
      InstanceId: node.instanceId,
      PingStatus: online ? 'Online' : 'ConnectionLost',
      LastPingDateTime: this.#lastPing.get(node.instanceId) ?? now,
      AgentVersion: node.agentVersion ?? '3.3.2746.0',
      IsLatestVersion: true,
      PlatformType: 'Linux',
      PlatformName: platform('NAME'),
      ResourceType: 'EC2Instance',
      ComputerName: node.name,
    };
  }
}
