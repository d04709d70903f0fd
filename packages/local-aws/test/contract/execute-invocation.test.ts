import { describe, expect, it } from 'vitest';
import type { ManagedNode } from '../../nodes/managed-node.ts';
import type { CommandOptions, CommandResult } from '../../nodes/run-command-line.ts';
import { executeInvocation } from '../../services/run-command/execute-invocation.ts';
import { type Invocation, pending } from '../../services/run-command/invocation.ts';

const success: CommandResult = { exitCode: 0, stdout: '', stderr: '', timedOut: false };

/** A node whose script always asks for a reboot; whether it comes is up to the test. */
function restlessNode(reboots: boolean) {
  const seen = { runs: 0, endedAt: 0, rebootedAt: 0 };
  let boot = 1;
  const node: Partial<ManagedNode> = {
    instanceId: 'i-0000000000000c0de',
    agentOnline: true,
    isUp: () => true,
    initPid: () => boot,
    async exec(_, { stdin }: CommandOptions = {}) {
      if (stdin !== undefined) return success;
      seen.runs += 1;
      seen.endedAt = performance.now();
      return { ...success, exitCode: 194, stdout: `run ${seen.runs}\n` };
    },
    async reboot() {
      seen.rebootedAt = performance.now();
      if (!reboots) throw new Error('Failed to schedule shutdown: Connection refused');
      boot += 1;
    },
  };
  return { node: node as ManagedNode, seen };
}

async function execute(node: ManagedNode, agentMinuteMs: number): Promise<Invocation> {
  const { instanceId } = node;
  const abort = new AbortController();
  const invocation: Invocation = { commandId: 'c', instanceId, instanceName: 'n', state: pending, steps: [], abort };
  const steps = [{ name: 'run', script: 'exit 194', environment: {}, timeoutSeconds: 5 }];
  await executeInvocation(invocation, { node, steps, accepted: true, deliveryTimeoutMs: 500, agentMinuteMs });
  return invocation;
}

const gaveUp = {
  state: { details: 'ExecutionTimedOut' },
  steps: [{ responseCode: -1, stdout: '', state: { details: 'ExecutionTimedOut' } }],
};

describe('a script that asks for a reboot', () => {
  it('gets it a minute later, and not before', async () => {
    const { node, seen } = restlessNode(false);

    await execute(node, 300);

    expect(seen.rebootedAt - seen.endedAt).toBeGreaterThanOrEqual(299);
  });

  it('and never has enough is resumed 15 times, and then forgotten: the service gives up', async () => {
    const { node, seen } = restlessNode(true);

    expect(await execute(node, 1)).toMatchObject(gaveUp);

    expect(seen.runs).toBe(16);
  });

  it('that does not come is not run again, and never heard of', async () => {
    const { node, seen } = restlessNode(false);

    expect(await execute(node, 1)).toMatchObject(gaveUp);

    expect(seen.runs).toBe(1);
  });
});
