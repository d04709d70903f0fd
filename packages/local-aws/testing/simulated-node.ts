import { type ManagedNode, NodeDown } from '../nodes/managed-node.ts';
import type { CommandOptions, CommandResult } from '../nodes/run-command-line.ts';

/** A managed node without a machine: its scripts are not run, they end as the test says. */
export interface SimulatedNode {
  readonly node: ManagedNode;
  /** What each script got, in the order in which the agent ran them. */
  readonly ran: { readonly script: string; readonly env: Readonly<Record<string, string>> }[];
  /** How the scripts end from now on. */
  ends: (result: Partial<CommandResult> | Promise<Partial<CommandResult>>) => void;
}

const success: CommandResult = { exitCode: 0, stdout: '', stderr: '', timedOut: false };

export function simulatedNode(instanceId: string): SimulatedNode {
  const ran: SimulatedNode['ran'] = [];
  let result: Partial<CommandResult> | Promise<Partial<CommandResult>> = {};
  const absent = () => Promise.reject(new NodeDown('a simulated node has no machine'));
  let script = '';
  // The agent first writes the script, which comes as input, and then runs the file.
  const exec = async (_: unknown, options: CommandOptions = {}): Promise<CommandResult> => {
    if (options.stdin !== undefined) {
      script = options.stdin;
      return success;
    }
    ran.push({ script, env: options.env ?? {} });
    return { ...success, ...(await result) };
  };
  const node = {
    name: 'simulated',
    instanceId,
    agentOnline: true,
    isUp: () => true,
    initPid: () => 1,
    exec,
    request: absent,
    processesOf: () => [],
    powerOff: absent,
    powerOn: absent,
    reboot: absent,
    destroy: async () => {},
  };
  // Run Command asks a node for nothing that lies in its folder.
  return {
    node: node as unknown as ManagedNode,
    ran,
    ends(next) {
      result = next;
    },
  };
}
