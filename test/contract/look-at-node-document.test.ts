import { bootNode, type ManagedNode } from '@self-healing/local-aws/nodes/managed-node.ts';
import { runDocument, shell, whyNoNodes } from '@self-healing/local-aws/testing/nodes.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lookOf } from '../../lambdas/core/doctor/node-look.ts';
import { documentScript } from '../support/document-script.ts';

const script = documentScript('look-at-node');
const ID = 'i-0000000000000000d';

describe.skipIf(whyNoNodes !== '')(`the look-at-node document on a node${whyNoNodes}`, () => {
  let node: ManagedNode;

  beforeAll(async () => {
    node = await bootNode({ name: 'looked-at', instanceId: ID });
    await shell(
      node,
      `mkdir -p /run/systemd/system /etc/init.d
printf '[Service]\\nExecStart=/bin/sleep infinity\\n' | tee /run/systemd/system/up.service > /run/systemd/system/down.service
ln -s /dev/null /run/systemd/system/masked.service
systemctl daemon-reload
systemctl start up`,
    );
  });
  afterAll(() => node?.destroy());

  it('says how each service stands, which are missing, and what time it is', async () => {
    const before = Date.now();
    const { exitCode, stdout, stderr } = await runDocument(node, script, { Services: 'up up.service down masked nowhere' });
    expect([exitCode, stderr]).toEqual([0, '']);
    const look = lookOf(ID, { status: 'succeeded', detail: 'Success', output: stdout, errors: stderr }, before);
    expect(look.services).toEqual({ up: 'active', 'up.service': 'active', down: 'inactive', masked: 'masked', nowhere: 'missing' });
    expect(Math.abs(look.ahead ?? Number.NaN)).toBeLessThan(60_000);
  });

  it('needs no service', async () => {
    expect(await runDocument(node, script, { Services: '-' })).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/^clock \d+\n$/),
    });
  });

  it.each([
    ['nothing', {}, 'older than 3.3.2746.0'],
    ['what is no name', { Services: 'nginx;reboot' }, 'letters, digits'],
  ])('refuses %s', async (_, parameters, says) => {
    expect(await runDocument(node, script, parameters)).toMatchObject({ exitCode: 10, stdout: expect.stringContaining(says) });
  });

  it('changes nothing', async () => {
    const state = () => shell(node, 'systemctl show up --property=MainPID,ActiveEnterTimestamp; ls -lR /etc | sha256sum');
    const before = await state();
    await runDocument(node, script, { Services: 'up down' });
    expect(await state()).toBe(before);
  });
});
