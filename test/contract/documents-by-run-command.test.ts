import { bootNode, type ManagedNode } from '@self-healing/local-aws/nodes/managed-node.ts';
import { createRunCommand } from '@self-healing/local-aws/services/run-command.ts';
import { runDocument, untilAnswered, whyNoNodes } from '@self-healing/local-aws/testing/nodes.ts';
import { SentCommands } from '@self-healing/local-aws/testing/sent-commands.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { documentScript } from '../support/document-script.ts';

const instanceId = 'i-0000000000000d0c5';

describe.skipIf(whyNoNodes !== '')(`documents that Run Command runs on a node${whyNoNodes}`, () => {
  let node: ManagedNode;
  const options = { secondsScale: 0.05, agentMinuteMs: 500 };
  const commands = new SentCommands(createRunCommand({ find: (id) => (id === instanceId ? node : undefined) }, options), instanceId);

  beforeAll(async () => {
    node = await bootNode({ name: 'documents', instanceId });
  });
  afterAll(() => node?.destroy());

  it.each(['restart-service', 'restart-instance', 'clear-caches', 'reconnect-sessions', 'grow-file-system'])(
    'when the agent is too old to hand parameters over has %s refuse, and name its age as the likely cause',
    async (name) => {
      const { exitCode, stdout } = await runDocument(node, documentScript(name), {});
      expect(exitCode).toBe(10);
      expect(stdout).toMatch(/^REFUSED: SSM_\w+ is missing.*An SSM Agent older than 3\.3\.2746\.0 hands no parameters over; update it$/m);
    },
  );

  it('heals the web service with the product’s own document', async () => {
    const name = await commands.createDocument(documentScript('restart-service'), {
      parameters: {
        Service: { type: 'String', interpolationType: 'ENV_VAR' },
        StableSeconds: { type: 'String', default: '1', interpolationType: 'ENV_VAR' },
      },
    });
    await node.request('/fault/crash');

    const answer = await commands.outcome(await commands.send(name, { Parameters: { Service: ['web'] } }));

    expect(answer.StandardOutputContent).toContain('OK: web.service was restarted');
    await untilAnswered(node);
  });
});
