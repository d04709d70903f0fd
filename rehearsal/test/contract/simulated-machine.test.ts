import { executeInvocation } from '@self-healing/local-aws/services/run-command/execute-invocation.ts';
import { type Invocation, pending } from '@self-healing/local-aws/services/run-command/invocation.ts';
import { expect, it } from 'vitest';
import { SimulatedMachine } from '../../chaos/simulated-machine.ts';

it('a simulated machine comes back from the reboot that a command asks for, and the act on it is over', async () => {
  const done: string[] = [];
  const machine = new SimulatedMachine('i-0000000000000c0de', {}, { takes: () => 0, done: (_, act) => void done.push(act) });
  machine.document = 'healing-restart-instance';
  const invocation: Invocation = {
    ...{ commandId: 'c', instanceId: machine.id, instanceName: 'n', state: pending, steps: [] },
    abort: new AbortController(),
  };
  const steps = [{ name: 'run', script: 'exit 194', environment: {}, timeoutSeconds: 60 }];

  await executeInvocation(invocation, { node: machine.node, steps, accepted: true, deliveryTimeoutMs: 500, agentMinuteMs: 1 });

  expect(invocation.state).toMatchObject({ status: 'Success' });
  expect(done).toEqual(['healing-restart-instance']);
});
