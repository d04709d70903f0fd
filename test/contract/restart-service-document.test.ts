import { bootNode, type ManagedNode } from '@self-healing/local-aws/nodes/managed-node.ts';
import { runDocument, shell, untilAnswered, whyNoNodes } from '@self-healing/local-aws/testing/nodes.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { documentScript } from '../support/document-script.ts';

const script = documentScript('restart-service');

describe.skipIf(whyNoNodes !== '')(`the restart-service document on a node${whyNoNodes}`, () => {
  let node: ManagedNode;

  beforeAll(async () => {
    node = await bootNode({ name: 'restart', instanceId: 'i-0000000000000000a' });
  });
  afterAll(() => node?.destroy());

  const restart = (parameters: Readonly<Record<string, string>>) => runDocument(node, script, { StableSeconds: '1', ...parameters });

  /** Installs a unit of this text; systemd-run is not needed. */
  const install = (name: string, text: string) =>
    shell(node, `cat > /etc/systemd/system/${name} <<'UNIT'\n${text}\nUNIT\nsystemctl daemon-reload`);

  it('brings back a killed service and shows the state before and after', async () => {
    await node.request('/fault/crash');
    await expect.poll(() => node.processesOf('web.service').length).toBe(0);

    const result = await restart({ Service: 'web' });

    expect(result.stdout).toMatch(/before: web\.service is failed .*result signal/);
    expect(result.stdout).toContain('status=9/KILL');
    expect(result.stdout).toMatch(/after: web\.service is active \(running\)/);
    expect(result.exitCode).toBe(0);
    await untilAnswered(node);
  });

  it('kills a hung service that ignores SIGTERM, in bounded time', async () => {
    await untilAnswered(node, '/fault/hang');
    expect((await node.request('/', { timeoutMs: 300 })).answered).toBe(false);
    const started = Date.now();

    const result = await restart({ Service: 'web.service', StopTimeoutSeconds: '2' });

    expect(result.stdout).toContain('sending SIGKILL');
    expect(result.exitCode).toBe(0);
    expect(Date.now() - started).toBeLessThan(15_000);
    await untilAnswered(node);
  });

  it('restarts a healthy service, twice in a row', async () => {
    const [before] = node.processesOf('web.service');

    const results = [await restart({ Service: 'web' }), await restart({ Service: 'web' })];

    expect(results.map((result) => result.exitCode)).toEqual([0, 0]);
    expect(node.processesOf('web.service')).not.toContain(before);
  });

  it('lets two restarts at once take turns, and both succeed', async () => {
    const results = await Promise.all([restart({ Service: 'web' }), restart({ Service: 'web' })]);

    expect(results.map((result) => result.exitCode)).toEqual([0, 0]);
  });

  it('lets one of two that saw no process at once restart it, and the other leave alone what the first brought back', async () => {
    await install(
      'slow.service',
      '[Service]\nType=notify\nNotifyAccess=all\nExecStart=/bin/sh -c "echo begun >> /run/slow.starts; sleep 2; systemd-notify --ready; exec sleep 1000"',
    );
    await shell(
      node,
      'systemctl start slow; systemctl kill -s KILL slow; until systemctl -q is-failed slow; do sleep 0.1; done; : > /run/slow.starts',
    );

    const results = await Promise.all([1, 2].map(() => restart({ Service: 'slow', WhenActive: 'refuse' })));

    expect(results.map(({ exitCode }) => exitCode).toSorted((a, b) => a - b)).toEqual([0, 16]);
    expect(await shell(node, 'cat /run/slow.starts')).toBe('begun');
  });

  it('starts a service again that crash-looped into the start limit and is cured since', async () => {
    await install(
      'looping.service',
      '[Service]\nExecStart=/bin/sh -c "test -e /run/cured && exec sleep 1000"\nRestart=always\nRestartSec=20ms',
    );
    await shell(node, 'systemctl start looping || true');
    await expect.poll(() => shell(node, 'systemctl is-failed looping || true')).toBe('failed');
    expect((await node.exec(['systemctl', 'start', 'looping'])).exitCode).not.toBe(0);
    await shell(node, 'touch /run/cured');

    const result = await restart({ Service: 'looping' });

    expect(result.exitCode, result.stdout).toBe(0);
  });

  it('says so when the service keeps crashing', async () => {
    await install('crashing.service', '[Service]\nExecStart=/bin/sh -c "sleep 0.7; exit 3"\nRestart=always\nRestartSec=20ms');

    const result = await restart({ Service: 'crashing', StableSeconds: '3' });

    expect(result.stdout).toContain('did not stay so for 3 s');
    expect(result.exitCode).toBe(22);
  });

  it('gives up in bounded time on a service that never becomes active', async () => {
    await install('starting.service', '[Service]\nType=notify\nExecStart=/bin/sleep 1000');

    const result = await restart({ Service: 'starting', StartTimeoutSeconds: '2' });

    expect(result.stdout).toContain('did not become active within 2 s');
    expect(result.exitCode).toBe(20);
  });

  it('counts a one-shot service that ended well as restarted', async () => {
    await install('once.service', '[Service]\nType=oneshot\nExecStart=/bin/true');

    expect((await restart({ Service: 'once' })).exitCode).toBe(0);
  });

  it('says so when a one-shot service fails', async () => {
    await install('oops.service', '[Service]\nType=oneshot\nExecStart=/bin/false');

    expect((await restart({ Service: 'oops' })).exitCode).toBe(20);
  });

  it('restarts the units that depend on the service, rather than leaving them stopped', async () => {
    await install('base.service', '[Service]\nExecStart=/bin/sleep 1000');
    await install('dependent.service', '[Unit]\nRequires=base.service\nAfter=base.service\n[Service]\nExecStart=/bin/sleep 1000');
    await shell(node, 'systemctl start dependent');

    await restart({ Service: 'base' });

    expect(await shell(node, 'systemctl is-active dependent')).toBe('active');
  });

  it('refuses a masked service', async () => {
    await shell(node, 'ln -s /dev/null /etc/systemd/system/hidden.service; systemctl daemon-reload');

    const result = await restart({ Service: 'hidden' });

    expect(result.stdout).toContain('masked');
    expect(result.exitCode).toBe(13);
  });

  describe('a service that is disabled', () => {
    const passive = (service: string, unit = '') => `[Unit]\n${unit}\n[Service]\n${service}\n[Install]\nWantedBy=multi-user.target`;
    const sleeps = 'ExecStart=/bin/sleep 1000';

    it('and died is restarted, also by the run after one that did not get so far', async () => {
      await install('dep.service', '[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/usr/bin/test -e /run/dep-is-well');
      await install('died.service', passive(sleeps, 'Requires=dep.service\nAfter=dep.service'));
      await shell(
        node,
        `touch /run/dep-is-well; systemctl start died; systemctl kill -s KILL died
        until systemctl is-failed died; do sleep 0.1; done; rm /run/dep-is-well; systemctl stop dep`,
      );
      expect((await restart({ Service: 'died', WhenActive: 'refuse' })).exitCode).toBe(20);
      await shell(node, 'touch /run/dep-is-well; systemctl reset-failed dep');
      expect((await restart({ Service: 'died', WhenActive: 'refuse' })).exitCode).toBe(0);
      await shell(node, 'systemctl stop died dep; rm /run/dep-is-well');
      expect((await restart({ Service: 'died', WhenActive: 'refuse' })).exitCode).toBe(16);
    });

    it('and is on its way up by another restart is not taken for one that was stopped', async () => {
      await install('slow-dep.service', '[Service]\nType=oneshot\nExecStart=/bin/sleep 5');
      await install('on-its-way.service', passive(sleeps, 'Requires=slow-dep.service\nAfter=slow-dep.service'));
      await shell(node, 'systemctl start on-its-way; systemctl restart --no-block on-its-way; sleep 1');
      expect((await restart({ Service: 'on-its-way' })).exitCode).toBe(0);
      await shell(node, 'systemctl stop on-its-way');
    });

    it('and was stopped, or never started, is refused', async () => {
      await install('passive.service', passive(sleeps));
      const never = await restart({ Service: 'passive' });
      await shell(node, 'systemctl start passive; systemctl stop passive');
      const stopped = await restart({ Service: 'passive', WhenActive: 'refuse' });
      for (const result of [never, stopped]) {
        expect(result.stdout).toMatch(/^REFUSED: passive\.service is disabled and down without a failure/);
      }
      expect([never.exitCode, stopped.exitCode]).toEqual([13, 16]);
      expect(await shell(node, 'systemctl is-active passive || true')).toBe('inactive');
    });

    it('but up, or that failed, is restarted', async () => {
      await install('passive.service', passive(sleeps));
      await shell(node, 'systemctl start passive');
      const up = await restart({ Service: 'passive' });
      await shell(node, 'systemctl kill -s KILL passive; for i in 1 2 3 4 5; do systemctl -q is-failed passive || sleep 0.2; done');
      const failed = await restart({ Service: 'passive', WhenActive: 'refuse' });
      await shell(node, 'systemctl stop passive');
      expect([up.exitCode, failed.exitCode]).toEqual([0, 0]);
    });

    it.each([
      { case: 'a socket', file: 'passive.socket', text: '[Socket]\nListenStream=/run/passive.sock' },
      { case: 'a timer', file: 'passive.timer', text: '[Timer]\nOnCalendar=yearly' },
      { case: 'another unit', file: 'wanting.service', text: '[Unit]\nWants=passive.service\n[Service]\nExecStart=/bin/sleep 1000' },
    ])('but that $case starts is restarted', async ({ file, text }) => {
      await install('passive.service', passive(sleeps));
      await install(file, text);
      await shell(node, `systemctl start ${file}; systemctl stop passive 2>/dev/null`);
      const result = await restart({ Service: 'passive' });
      await shell(node, `systemctl stop ${file} passive; rm /etc/systemd/system/${file}; systemctl daemon-reload`);
      expect(result.exitCode, result.stdout).toBe(0);
    });
  });

  it('refuses an alias of a protected service', async () => {
    await shell(node, 'ln -s /usr/lib/systemd/system/dbus.service /etc/systemd/system/innocent.service; systemctl daemon-reload');

    expect((await restart({ Service: 'innocent' })).exitCode).toBe(15);
  });

  it.each([
    { case: 'an unknown unit', service: 'no-such-thing', exitCode: 12 },
    { case: 'no name', service: '', exitCode: 10 },
    { case: 'a command after a semicolon', service: 'web; touch /run/injected', exitCode: 10 },
    { case: 'a command substitution', service: '$(touch /run/injected)', exitCode: 10 },
    { case: 'a second line', service: 'web\ntouch /run/injected', exitCode: 10 },
    { case: 'an option', service: '--force', exitCode: 10 },
    { case: 'a path', service: '../../tmp/evil', exitCode: 10 },
    { case: 'a pattern', service: '*', exitCode: 10 },
    { case: 'a name of 129 characters', service: 'a'.repeat(129), exitCode: 10 },
    { case: 'a target', service: 'multi-user.target', exitCode: 10 },
    { case: 'a template without an instance', service: 'user@', exitCode: 10 },
    { case: 'the journal', service: 'systemd-journald', exitCode: 15 },
    { case: 'the message bus', service: 'dbus.service', exitCode: 15 },
    { case: 'the remote shell', service: 'sshd', exitCode: 15 },
    { case: 'the agent', service: 'snap.amazon-ssm-agent.amazon-ssm-agent', exitCode: 15 },
    { case: 'the network', service: 'networking', exitCode: 15 },
  ])('refuses $case with exit code $exitCode and touches nothing', async ({ service, exitCode }) => {
    const result = await restart({ Service: service });

    expect(result.stdout).toMatch(/^REFUSED: /);
    expect(result.exitCode).toBe(exitCode);
    expect((await node.exec(['test', '-e', '/run/injected'])).exitCode).toBe(1);
  });

  it.each([
    { case: 'no number', seconds: '1;id' },
    { case: 'zero', seconds: '0' },
    { case: 'too long', seconds: '301' },
    { case: 'a number that overflows', seconds: '99999999999999999999' },
  ])('refuses a stop timeout that is $case', async ({ seconds }) => {
    expect((await restart({ Service: 'web', StopTimeoutSeconds: seconds })).exitCode).toBe(10);
  });

  it('keeps its report short when the journal is full of long lines and control characters', async () => {
    await install(
      'noisy.service',
      '[Service]\nExecStart=/bin/sh -c "i=0; while [ $$i -lt 60 ]; do printf \'\\\\033[31m%%01000d\\\\n\' $$i; i=$$((i+1)); done; exec sleep 1000"',
    );
    await shell(node, 'systemctl start noisy; sleep 0.5');

    const result = await restart({ Service: 'noisy' });

    expect(result.exitCode).toBe(0);
    expect(result.stdout.length).toBeLessThan(4000);
    expect(result.stdout).not.toContain('\u001b');
  });
});
