import { type ManagedNode, NodeDown } from './managed-node.ts';
import type { CommandResult } from './run-command-line.ts';

/** What stands in for the machine of a simulated node. */
export interface SimulatedMachineParts {
  /** How the script that the agent runs ends; it is not run. */
  run(script: string, environment: Readonly<Record<string, string>>): Promise<CommandResult>;
  /** @default - the node has another name */
  readonly name?: string;
  /** @default - it is always up */
  isUp?(): boolean;
  /** Resolves when it is up again. @default - it cannot be rebooted */
  reboot?(): Promise<void>;
}

/** How a script ends that has nothing to say. */
export const SUCCEEDED: CommandResult = { exitCode: 0, stdout: '', stderr: '', timedOut: false };

/** A managed node without a machine: Run Command takes it for one. Hundreds of them cost nothing, which real ones would. */
export function simulatedNode(instanceId: string, { run, name = 'simulated', isUp, reboot }: SimulatedMachineParts): ManagedNode {
  const absent = () => Promise.reject(new NodeDown('a simulated node has no machine'));
  let script = '';
  let boots = 1;
  const node: Omit<ManagedNode, 'folder'> = {
    name,
    instanceId,
    agentOnline: true,
    isUp: () => isUp?.() ?? true,
    isSwitchedOn: () => true,
    // A reboot is known by it, as that of a container is.
    initPid: () => boots,
    // The agent first writes the script, which comes as input, and then runs the file.
    async exec(_, options = {}) {
      if (options.stdin === undefined) return run(script, options.env ?? {});
      script = options.stdin;
      return SUCCEEDED;
    },
    request: absent,
    processesOf: () => [],
    powerOff: absent,
    powerOn: absent,
    async reboot() {
      await (reboot ?? absent)();
      boots += 1;
    },
    destroy: async () => {},
  };
  // Run Command asks a node for nothing that lies in its folder.
  return node as ManagedNode;
}
