import { bootNode, type ManagedNode } from '@self-healing/local-aws/nodes/managed-node.ts';
import { runDocument, shell, whyNoNodes } from '@self-healing/local-aws/testing/nodes.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lookOf } from '../../lambdas/core/doctor/node-look.ts';
import { documentScript } from '../support/document-script.ts';
import { DOCKER, SUPERVISORCTL } from '../support/service-managers.ts';

const script = documentScript('look-at-node');
const ID = 'i-0000000000000000d';

describe.skipIf(whyNoNodes !== '')(`the look-at-node document on a node${whyNoNodes}`, () => {
  let node: ManagedNode;

  const write = (path: string, text: string) => shell(node, `cat > ${path} <<'TEXT'\n${text}\nTEXT\nchmod +x ${path}`);

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
    // The machine itself may have a client whose engine does not run.
    await shell(node, 'mkdir -p /run/stand-in/supervisorctl /run/stand-in/docker');
    await write('/usr/local/sbin/supervisorctl', SUPERVISORCTL);
    await write('/usr/local/sbin/docker', DOCKER);
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

  describe('with supervisor and Docker', () => {
    const services = async (...names: readonly string[]) => {
      const { stdout } = await runDocument(node, script, { Services: names.join(' ') });
      return lookOf(ID, { status: 'succeeded', detail: 'Success', output: stdout, errors: '' }, Date.now()).services;
    };
    beforeAll(async () => {
      for (const file of ['supervisorctl/one', 'supervisorctl/two', 'docker/box'])
        await write(`/run/stand-in/${file}.program`, 'exec sleep 1000');
      await shell(
        node,
        `printf 'one\\ntwo\\n' > /run/stand-in/supervisorctl/pair.group; for name in one two; do supervisorctl start $name; done; docker restart -t 1 box`,
      );
    });

    it('knows a group of programs, and a container by its name alone', async () => {
      expect(await services('one', 'pair', 'box', 'box.service', '0123abcd')).toEqual({
        one: 'active',
        pair: 'active',
        box: 'active',
        'box.service': 'active',
        '0123abcd': 'missing',
      });
    });

    it('calls neither a group active of which one is down, nor a container that is found ill', async () => {
      await shell(node, 'supervisorctl stop two; echo unhealthy > /run/stand-in/docker/box.health');
      const found = await services('pair', 'one', 'box');
      await shell(node, 'supervisorctl start two; rm /run/stand-in/docker/box.health');
      expect(found).toEqual({ pair: 'inactive', one: 'active', box: 'unhealthy' });
    });

    it.each(['supervisorctl', 'docker'])('does not call a service missing while %s gives no answer', async (client) => {
      await shell(node, `mv /usr/local/sbin/${client} /usr/local/sbin/away; ln -s /bin/false /usr/local/sbin/${client}`);
      const found = await services('nowhere', 'up').finally(() => shell(node, `mv /usr/local/sbin/away /usr/local/sbin/${client}`));
      expect(found).toEqual({ nowhere: 'unanswered', up: 'active' });
    });
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
