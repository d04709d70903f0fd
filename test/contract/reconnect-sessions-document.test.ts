import { bootNode, type ManagedNode } from '@self-healing/local-aws/nodes/managed-node.ts';
import { runDocument, shell, whyNoNodes } from '@self-healing/local-aws/testing/nodes.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { documentScript } from '../support/document-script.ts';
import { unpackPgbouncer } from '../support/pgbouncer.ts';
import { whyNoPostgresql } from '../support/postgresql.ts';

const script = documentScript('reconnect-sessions');
const pgbouncer = whyNoNodes === '' && whyNoPostgresql === '' ? await unpackPgbouncer() : whyNoPostgresql;
const whyNoPgbouncer = typeof pgbouncer === 'string' ? ` (not executed: ${pgbouncer})` : '';

describe.skipIf(whyNoNodes !== '')(`the reconnect-sessions document on a node${whyNoNodes}`, () => {
  let node: ManagedNode;

  beforeAll(async () => {
    node = await bootNode({ name: 'reconnect', instanceId: 'i-0000000000000000c' });
  });
  afterAll(async () => {
    await node?.destroy();
    if (typeof pgbouncer === 'object') pgbouncer.remove();
  });

  const reconnect = (parameters: Readonly<Record<string, string>>) => runDocument(node, script, parameters);
  const hook = (path: string, text: string, mode = '755') =>
    shell(node, `mkdir -p "$(dirname ${path})"; printf '%s\\n' '#!/bin/sh' '${text}' > ${path}; chmod ${mode} ${path}`);

  describe('by a service', () => {
    it('restarts it, under a new process', async () => {
      const [before] = node.processesOf('web.service');

      const result = await reconnect({ By: 'service', Service: 'web', Action: 'restart' });

      expect(result).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('OK: web.service was told to restart and is active') });
      expect(node.processesOf('web.service')).not.toContain(before);
    });

    it('reloads it, and the process stays', async () => {
      const unit = '[Service]\nExecStart=/bin/sleep infinity\nExecReload=/bin/touch /run/reloaded';
      await shell(node, `printf '${unit}' > /etc/systemd/system/pool.service; systemctl daemon-reload; systemctl start pool`);
      const before = await shell(node, 'systemctl show --property=MainPID --value pool');

      const result = await reconnect({ By: 'service', Service: 'pool' });

      expect(result.exitCode).toBe(0);
      expect(await shell(node, 'test -e /run/reloaded; systemctl show --property=MainPID --value pool')).toBe(before);
    });

    it.each([
      ['a service that cannot reload', { Service: 'web' }, 12],
      ['an unknown service', { Service: 'nobody' }, 12],
      ['a service that the system needs', { Service: 'systemd-journald', Action: 'restart' }, 15],
      ['a name with a command in it', { Service: 'web;reboot' }, 10],
      ['another action', { Service: 'web', Action: 'stop' }, 10],
    ])('refuses %s', async (_, parameters, exitCode) => {
      const [before] = node.processesOf('web.service');
      const result = await reconnect({ By: 'service', ...parameters });
      expect(result).toMatchObject({ exitCode, stdout: expect.stringContaining('REFUSED') });
      expect(node.processesOf('web.service')).toContain(before);
    });

    it.each([
      ['a protected unit requires what requires it', '', 'Requires=middle.service', 'amazon-ssm-agent.service is protected'],
      ['its failure starts the end of the machine', 'OnFailure=reboot.target', '', 'OnFailure=reboot.target'],
      ['its end starts what stops the agent', 'OnSuccess=rival.service', '', 'amazon-ssm-agent.service conflicts with what the end of'],
      ['its failure reboots the machine', 'FailureAction=reboot', '', 'FailureAction=reboot'],
    ])('does not restart it where %s', async (_, own, agent, words) => {
      const sleeps = '[Service]\\nExecStart=/bin/sleep infinity\\n';
      const before = await shell(
        node,
        `cd /etc/systemd/system
         printf '[Unit]\\n${own}\\n${sleeps}' > base.service
         printf '[Unit]\\nPartOf=base.service\\n${sleeps}' > middle.service
         printf '[Unit]\\nConflicts=amazon-ssm-agent.service\\n${sleeps}' > rival.service
         printf '[Unit]\\n${agent}\\n${sleeps}' > amazon-ssm-agent.service
         systemctl daemon-reload; systemctl start base middle amazon-ssm-agent
         systemctl show --property=MainPID --value base`,
      );
      const result = await reconnect({ By: 'service', Service: 'base', Action: 'restart' });
      expect(result).toMatchObject({ exitCode: 15, stdout: expect.stringContaining(words) });
      expect(await shell(node, 'systemctl show --property=MainPID --value base')).toBe(before);
      await shell(
        node,
        'rm /etc/systemd/system/amazon-ssm-agent.service /etc/systemd/system/base.service; systemctl daemon-reload; systemctl kill -s KILL amazon-ssm-agent base middle',
      );
    });

    it('fails when the service is not there any more after it', async () => {
      const once = '/bin/sh -c "test -e /run/brief && exec sleep 1; touch /run/brief; exec sleep 1000"';
      await shell(
        node,
        `echo '[Service]' > /etc/systemd/system/brief.service; echo 'ExecStart=${once}' >> /etc/systemd/system/brief.service
         systemctl daemon-reload; systemctl start brief; for i in 1 2 3 4 5; do test -e /run/brief || sleep 0.2; done`,
      );
      expect(await reconnect({ By: 'service', Service: 'brief', Action: 'restart' })).toMatchObject({ exitCode: 21 });
    });

    it.each(['restart', 'reload'])('has only what is up take a %s, and starts nothing that somebody stopped', async (Action) => {
      await shell(
        node,
        `cd /etc/systemd/system; printf '[Service]\\nExecStart=/bin/sleep infinity\\nExecReload=/bin/true\\n' > passive.service
         systemctl daemon-reload; systemctl start passive; systemctl stop passive`,
      );
      const stopped = await reconnect({ By: 'service', Service: 'passive', Action });
      await shell(
        node,
        'systemctl start passive; systemctl kill -s KILL passive; for i in 1 2 3 4 5; do systemctl -q is-failed passive || sleep 0.2; done',
      );
      const failed = await reconnect({ By: 'service', Service: 'passive', Action });
      expect(stopped).toMatchObject({ exitCode: 16, stdout: expect.stringContaining('REFUSED: passive.service is inactive, so that') });
      expect(failed).toMatchObject({ exitCode: 16, stdout: expect.stringContaining('REFUSED: passive.service is failed, so that') });
      expect(await shell(node, 'systemctl is-active passive || true')).toBe('failed');
    });

    it('starts nothing that somebody stopped while it waited for another run', async () => {
      await shell(
        node,
        `printf '[Service]\\nExecStart=/bin/sleep infinity\\n' > /etc/systemd/system/waited.service; systemctl daemon-reload; systemctl start waited
         mkdir -p /run/self-healing; setsid flock /run/self-healing/reconnect-sessions.lock sh -c 'echo $$ > /run/locker; exec sleep 20' > /dev/null 2>&1 &
         while [ ! -s /run/locker ]; do sleep 0.05; done`,
      );
      const running = reconnect({ By: 'service', Service: 'waited', Action: 'restart' });
      await shell(
        node,
        'until pgrep -x flock -a | grep -q -- "-w 30 9"; do sleep 0.05; done; systemctl stop waited; kill $(cat /run/locker)',
      );

      expect(await running).toMatchObject({ exitCode: 16, stdout: expect.stringContaining('waited.service is inactive') });
      expect(await shell(node, 'systemctl is-active waited || true')).toBe('inactive');
    });

    it('starts nothing by its own request that has gone down since it looked', async () => {
      await shell(
        node,
        `printf '[Service]\\nExecStart=/bin/sleep infinity\\n' > /etc/systemd/system/gone.service; systemctl daemon-reload; systemctl start gone
         printf '#!/bin/sh\\ncase $1 in *restart) /usr/bin/systemctl stop gone ;; esac\\nexec /usr/bin/systemctl "$@"\\n' > /usr/local/sbin/systemctl
         chmod +x /usr/local/sbin/systemctl`,
      );
      const result = await reconnect({ By: 'service', Service: 'gone', Action: 'restart' }).finally(() =>
        shell(node, 'rm /usr/local/sbin/systemctl'),
      );
      expect(result).toMatchObject({ exitCode: 21, stdout: expect.stringContaining('gone.service is inactive') });
      expect(await shell(node, 'systemctl is-active gone || true')).toBe('inactive');
    });

    it('names what is not up with it, whether it fails or not', async () => {
      await shell(
        node,
        `cd /etc/systemd/system
         printf '[Service]\\nExecStartPre=/bin/sh -c "test ! -e /run/broken"\\nExecStart=/bin/sleep infinity' > base.service
         printf '[Unit]\\nBindsTo=base.service\\nAfter=base.service\\n[Service]\\nExecStart=/bin/sleep infinity' > leaning.service
         printf '[Unit]\\nPartOf=base.service\\n[Service]\\nExecStartPre=/bin/sh -c "test ! -e /run/unwell"\\nExecStart=/bin/sleep infinity' > unwell.service
         systemctl daemon-reload; systemctl start leaning unwell; touch /run/unwell`,
      );
      expect(await reconnect({ By: 'service', Service: 'base', Action: 'restart' })).toMatchObject({
        exitCode: 0,
        stdout: expect.stringContaining('note: of what was restarted with it, not up yet: unwell.service (failed)'),
      });
      await shell(node, 'touch /run/broken');
      expect(await reconnect({ By: 'service', Service: 'base', Action: 'restart' })).toMatchObject({
        exitCode: 21,
        stdout: expect.stringMatching(/FAILED: systemd could not restart base\.service: .*; not up either: leaning\.service \(inactive\)/),
      });
      await shell(
        node,
        'systemctl stop leaning; cd /etc/systemd/system; rm base.service leaning.service unwell.service; systemctl daemon-reload',
      );
    });
  });

  describe('by a hook', () => {
    it('runs it as root with nothing but a path in its environment, and shows its words', async () => {
      await hook('/opt/team/reconnect', 'id -u; env; echo renewed 3 connections');

      const result = await reconnect({ By: 'hook', Hook: '/opt/team/reconnect' });

      expect(result.exitCode).toBe(0);
      expect(result.stdout).toMatch(/^ {2}0\n/);
      expect(result.stdout).toContain('renewed 3 connections');
      expect(result.stdout).not.toContain('SSM_');
    });

    it('works in /, and leaves no file of its own even when it is killed', async () => {
      await hook('/opt/team/where', 'pwd; exec sleep 30');
      await node.exec(script, { env: { SSM_By: 'hook', SSM_Hook: '/opt/team/where' }, timeoutMs: 1_000 });
      expect(await shell(node, 'find /run/self-healing -name "said*"')).toBe('');
      await hook('/opt/team/where', 'pwd');
      expect((await reconnect({ By: 'hook', Hook: '/opt/team/where' })).stdout.split('\n')[0]).toBe('  /');
    });

    it('fails as the hook fails', async () => {
      await hook('/opt/team/broken', 'echo no such pool; echo REFUSED: not by the script; exit 7');
      const result = await reconnect({ By: 'hook', Hook: '/opt/team/broken' });
      expect(result).toMatchObject({ exitCode: 22, stdout: expect.stringMatching(/no such pool[\s\S]*exit code 7/) });
      expect(result.stdout).not.toMatch(/^REFUSED: /m);
    });

    it.each([
      ['that others may write', 'chmod 777 /opt/team/hook', '/opt/team/hook', 13],
      ['that belongs to another', 'chown nobody /opt/team/hook', '/opt/team/hook', 13],
      [
        'in a folder that others may write',
        'mkdir -p /opt/open && cp /opt/team/hook /opt/open/hook && chmod 777 /opt/open',
        '/opt/open/hook',
        13,
      ],
      ['that is a link', 'ln -sf /opt/team/hook /opt/team/link', '/opt/team/link', 13],
      ['behind a link to a folder', 'ln -sfn /opt/team /opt/shortcut', '/opt/shortcut/hook', 13],
      ['that cannot be executed', 'chmod 644 /opt/team/hook', '/opt/team/hook', 13],
      ['that is not there', 'true', '/opt/team/nobody', 13],
      ['with a way up in its path', 'true', '/opt/team/../team/hook', 13],
      ['that is not absolute', 'true', 'opt/team/hook', 10],
      ['with a command in its name', 'true', '/opt/team/hook;touch /run/owned', 10],
    ])('refuses one %s, and does not run it', async (_, prepare, path, exitCode) => {
      await shell(node, 'rm -f /opt/team/hook /run/ran');
      await hook('/opt/team/hook', 'touch /run/ran');
      await shell(node, `chown root /opt/team/hook; ${prepare}`);

      const result = await reconnect({ By: 'hook', Hook: path });

      expect(result).toMatchObject({ exitCode, stdout: expect.stringContaining('REFUSED') });
      expect(await shell(node, 'ls /run/ran /run/owned 2>/dev/null || true')).toBe('');
    });
  });

  it.each<Record<string, string>>([{}, { By: 'reboot' }, { By: 'pgbouncer', Port: '0' }, { By: 'pgbouncer', SocketFolder: 'var/run' }])(
    'refuses %j',
    async (parameters) => {
      expect(await reconnect(parameters)).toMatchObject({ exitCode: 10 });
    },
  );

  it.each([
    ['flock', { By: 'service', Service: 'web' }],
    ['timeout', { By: 'service', Service: 'web' }],
    ['setpriv', { By: 'pgbouncer' }],
  ])('names the tool %s where it is missing', async (tool, parameters) => {
    await shell(
      node,
      `printf '#!/bin/sh\\n' > /usr/local/sbin/psql; chmod +x /usr/local/sbin/psql; mv /usr/bin/${tool} /usr/bin/${tool}.away`,
    );
    const result = await reconnect(parameters).finally(() =>
      shell(node, `mv /usr/bin/${tool}.away /usr/bin/${tool}; rm /usr/local/sbin/psql`),
    );
    expect(result).toMatchObject({ exitCode: 11, stdout: `REFUSED: ${tool} is not on this machine\n` });
  });

  it('refuses where there is no PgBouncer', async () => {
    expect(await reconnect({ By: 'pgbouncer', Port: '6499' })).toMatchObject({
      exitCode: 11,
      stdout: expect.stringContaining('no socket'),
    });
  });

  describe.skipIf(whyNoPgbouncer !== '')(`by a real PgBouncer in front of a real PostgreSQL${whyNoPgbouncer}`, () => {
    const backend = () => shell(node, 'psql -X -w -A -t -h /run/pool -p 6432 -U postgres -d postgres -c "SELECT pg_backend_pid()"');

    beforeAll(async () => {
      const { folder } = pgbouncer as { folder: string };
      const bin = await shell(node, 'ls -d /usr/lib/postgresql/*/bin | tail -n 1');
      await shell(
        node,
        `install -d -o postgres -g postgres /run/pool /run/pool/home
        as_postgres() { setpriv --reuid=postgres --regid=postgres --init-groups "$@"; }
        cd /run/pool
        as_postgres ${bin}/initdb -D /run/pool/data -N -A trust >/dev/null
        as_postgres ${bin}/pg_ctl -D /run/pool/data -w -l /run/pool/log -o '-c listen_addresses= -c unix_socket_directories=/run/pool -c fsync=off' start >/dev/null
        printf '%s\\n' '[databases]' '* = host=/run/pool port=5432 user=postgres' '[pgbouncer]' 'unix_socket_dir = /run/pool' 'listen_port = 6432' \\
          'auth_type = any' 'pool_mode = session' 'logfile = /run/pool/pgbouncer.log' 'pidfile = /run/pool/pgbouncer.pid' > /run/pool/pgbouncer.ini
        LD_LIBRARY_PATH=${folder}/usr/lib/x86_64-linux-gnu:${folder}/usr/lib/aarch64-linux-gnu as_postgres ${folder}/usr/sbin/pgbouncer -q -d /run/pool/pgbouncer.ini`,
      );
    });

    it('renews the connections to the database, and clients notice nothing', async () => {
      await expect.poll(backend).toMatch(/^\d+$/);
      const before = await backend();
      expect(await backend()).toBe(before);

      const result = await reconnect({ By: 'pgbouncer', SocketFolder: '/run/pool' });

      expect(result).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/cl_active[\s\S]*OK: PgBouncer on \/run\/pool/) });
      const after = await backend();
      expect(after).toMatch(/^\d+$/);
      expect(after).not.toBe(before);
    });
  });
});
