import type { ManagedNode } from '@self-healing/local-aws/nodes/managed-node.ts';
import type { CommandResult } from '@self-healing/local-aws/nodes/run-command-line.ts';
import { SUCCEEDED, simulatedNode } from '@self-healing/local-aws/nodes/simulated-node.ts';

/** A simulated node whose scripts end as the test says. */
export interface ScriptedNode {
  readonly node: ManagedNode;
  /** What each script got, in the order in which the agent ran them. */
  readonly ran: { readonly script: string; readonly env: Readonly<Record<string, string>> }[];
  /** How the scripts end from now on. */
  ends: (result: Partial<CommandResult> | Promise<Partial<CommandResult>>) => void;
}

export function scriptedNode(instanceId: string): ScriptedNode {
  const ran: ScriptedNode['ran'] = [];
  let result: Partial<CommandResult> | Promise<Partial<CommandResult>> = {};
  const node = simulatedNode(instanceId, {
    async run(script, env) {
      ran.push({ script, env });
      return { ...SUCCEEDED, ...(await result) };
    },
  });
  return {
    node,
    ran,
    ends(next) {
      result = next;
    },
  };
}
