import { SSMClient } from '@aws-sdk/client-ssm';
import { bootNode, type ManagedNode } from '@self-healing/local-aws/nodes/managed-node.ts';
import { createRunCommand } from '@self-healing/local-aws/services/run-command.ts';
import { shell, whyNoNodes } from '@self-healing/local-aws/testing/nodes.ts';
import { openSharedAws, type SharedAws } from '@self-healing/local-aws/testing/shared-aws.ts';
import { anInstance } from '@self-healing/simulation/accounts.ts';
import { aState, NOW } from '@self-healing/simulation/builders.ts';
import { fakePorts } from '@self-healing/simulation/doubles/fake-ports.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commands } from '../../lambdas/adapters/ssm/commands.ts';
import { documentSteps } from '../../lambdas/core/command-document.ts';
import { conclude as concludeWith } from '../../lambdas/core/next.ts';
import { endFor } from '../../lambdas/core/reasons.ts';
import { diagnosticsAt } from '../../lambdas/diagnostics/registry.ts';
import { conclude } from '../../lambdas/steps/conclude.ts';
import { diagnose } from '../../lambdas/steps/diagnose.ts';
import { documentScript } from '../support/document-script.ts';

const INSTANCE = 'i-0000000000000d1a9';
const DOCUMENT = 'contract-diagnose';

describe.skipIf(whyNoNodes !== '')(`a hand-off of a machine that is real${whyNoNodes}`, () => {
  let node: ManagedNode;
  let aws: SharedAws;

  beforeAll(async () => {
    node = await bootNode({ name: 'handed-off', instanceId: INSTANCE });
    const runCommand = createRunCommand({ find: (id) => (id === INSTANCE ? node : undefined) });
    aws = await openSharedAws([runCommand]);
    const inputs = { timeoutSeconds: '25', runCommand: documentScript('diagnose').split('\n') };
    const mainSteps = [{ action: 'aws:runShellScript', name: documentSteps.linux, inputs }];
    const Content = JSON.stringify({ schemaVersion: '2.2', mainSteps });
    await runCommand.actions.CreateDocument?.({ Name: DOCUMENT, DocumentType: 'Command', Content }, aws.upstream);
    // The disk of the node is to be the fullest one: `/` is the whole host's.
    await shell(node, 'head -c 5000000 /dev/zero >/srv/web/old');
  });
  afterAll(async () => {
    await aws?.close();
    await node?.destroy();
  });

  it('tells people, and the history, which process has most memory, without its password', async () => {
    await shell(node, `systemd-run -q --unit=hog --collect perl -e '$$x = "a" x 120000000; sleep 300' -- --password hunter2`);
    const resident = "awk '/VmRSS/ { print ($2 > 100000) }' /proc/$(systemctl show -p MainPID --value hog)/status";
    await expect.poll(() => shell(node, resident)).toBe('1');
    const world = fakePorts();
    world.account.instances.set(INSTANCE, anInstance({ id: INSTANCE }));
    const incident = { ...aState().incident, target: { kind: 'instance' as const, id: INSTANCE } };
    const state = aState({ incident, next: concludeWith(endFor('ladder-exhausted', 'none helped', 1)) });

    const diagnosis = await diagnose(
      state,
      { diagnostics: diagnosticsAt('aws'), document: DOCUMENT, timeIsUp: () => new Promise(() => {}) },
      { ...world.ports, commands: commands(new SSMClient(aws.client), new SSMClient(aws.actor)) },
      NOW,
    );
    await conclude({ ...state, diagnosis }, world.ports, NOW);

    const told = [...(world.notices[0]?.diagnosis ?? [])].find(({ title }) => title === 'Processes with most memory');
    expect(told?.lines[0]).toMatch(/^\d{3} MiB, process \d+ of root: \S*perl -e .* --password \[redacted\]$/);
    const [line] = world.history.filter(({ kind }) => kind === 'outcome');
    expect(JSON.stringify(line)).toContain(told?.lines[0]?.slice(0, 20));
    expect(JSON.stringify([world.notices, world.history])).not.toContain('hunter2');
  });
});
