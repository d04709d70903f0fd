import { bootNode, type ManagedNode } from '@self-healing/local-aws/nodes/managed-node.ts';
import { runDocument, shell, whyNoNodes } from '@self-healing/local-aws/testing/nodes.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { documentScript } from '../support/document-script.ts';

const script = documentScript('restart-service');

/** Ignores SIGTERM. */
const DEAF = `/bin/sh -c "trap '' TERM; while :; do sleep 0.2; done"`;

const SLEEP = 'ExecStart=/bin/sleep 1000';

describe.skipIf(whyNoNodes !== '')(`restart-service and what units are made of${whyNoNodes}`, () => {
  let node: ManagedNode;

  beforeAll(async () => {
    node = await bootNode({ name: 'units', instanceId: 'i-0000000000000000f' });
  });
  afterAll(() => node?.destroy());

  const restart = (parameters: Readonly<Record<string, string>>) => runDocument(node, script, { StableSeconds: '1', ...parameters });

  const install = (name: string, text: string) =>
    shell(node, `cat > /etc/systemd/system/${name} <<'UNIT'\n${text}\nUNIT\nsystemctl daemon-reload`);
  const isActive = (unit: string) => shell(node, `systemctl is-active ${unit} || true`);
  const runOf = (unit: string) => shell(node, `systemctl show --property=InvocationID --value ${unit}`);

  describe('tells the truth about the moment', () => {
    it('of units that wait for a one-shot of 0.8 s, 40 times out of 40', { timeout: 240_000 }, async () => {
      const told: string[] = [];
      const restartTenTimes = async (name: string) => {
        // Ten starts on a quick machine would be more than systemd allows in ten seconds.
        await install(`slow-${name}.service`, '[Unit]\nStartLimitIntervalSec=0\n[Service]\nType=oneshot\nExecStart=/bin/sleep 0.8');
        await install(`${name}.service`, `[Unit]\nRequires=slow-${name}.service\nAfter=slow-${name}.service\n[Service]\n${SLEEP}`);
        for (let round = 0; round < 10; round += 1) {
          const { exitCode, stdout } = await restart({ Service: name });
          told.push(exitCode === 0 ? 'restarted' : stdout);
        }
      };
      await Promise.all(['one', 'two', 'three', 'four'].map((name) => restartTenTimes(`waiting-${name}`)));
      expect(told).toEqual(Array.from({ length: 40 }, () => 'restarted'));
    });

    it('of a systemd that knows neither --value nor invocations', async () => {
      await install('plain.service', `[Service]\n${SLEEP}`);
      await shell(
        node,
        `cat > /usr/local/sbin/systemctl <<'OLD'
#!/bin/sh
for word; do [ "$word" != --value ] || { echo "unrecognized option '--value'" >&2; exit 1; }; done
[ "$1" = show ] || exec /usr/bin/systemctl "$@"
/usr/bin/systemctl "$@" | grep -Ev '^(InvocationID|NRestarts|PropagatesStopTo|OnSuccess|FailureAction|SuccessAction)='
OLD
chmod +x /usr/local/sbin/systemctl`,
      );
      const results = [await restart({ Service: 'plain' }), await restart({ Service: 'plain' })];
      await shell(node, 'rm /usr/local/sbin/systemctl');
      expect(results.map(({ exitCode, stdout }) => (exitCode === 0 ? 0 : stdout))).toEqual([0, 0]);
    });
  });

  describe('gives a unit the time that it may take', () => {
    const ready = (seconds: number) => `/bin/sh -c "sleep ${seconds}; systemd-notify --ready; exec sleep 1000"`;
    const notifying = (seconds: number, more: string) => `[Service]\nType=notify\nNotifyAccess=all\nExecStart=${ready(seconds)}\n${more}`;

    it.each([
      { case: 'its own', start: 'own', unit: 'TimeoutStartSec=900' },
      { case: 'its own, when nothing is said', start: undefined, unit: 'TimeoutStartSec=1min 30s' },
      { case: 'none, as it has no limit', start: 'own', unit: 'TimeoutStartSec=infinity' },
      { case: 'what the policy says', start: '20', unit: 'TimeoutStartSec=900' },
      { case: 'its own for each part of its start', start: 'own', unit: 'TimeoutStartSec=5\nExecStartPre=/bin/sleep 4' },
    ])('$case', async ({ start, unit }) => {
      await install('slow.service', notifying(4, unit));
      const result = await restart({ Service: 'slow', ...(start !== undefined && { StartTimeoutSeconds: start }) });
      expect(result.exitCode, result.stdout).toBe(0);
    });

    it('and says, when that is over, what its own limit would have been', async () => {
      await install('slow.service', notifying(30, 'TimeoutStartSec=900'));
      const result = await restart({ Service: 'slow', StartTimeoutSeconds: '2' });
      expect(result.stdout).toMatch(/FAILED: slow\.service did not become active within 2 s and is activating \(start\)/);
      expect(result.exitCode).toBe(20);
    });

    it('but not longer than systemd itself tries', async () => {
      await install('slow.service', notifying(30, 'TimeoutStartSec=2'));
      const started = Date.now();
      const result = await restart({ Service: 'slow' });
      expect(result.stdout).toMatch(/FAILED: slow\.service failed at its start \(result timeout\)/);
      expect(result.exitCode).toBe(20);
      expect(Date.now() - started).toBeLessThan(15_000);
    });

    it('even where it starts again and again and never gets there', async () => {
      await install('slow.service', notifying(30, 'TimeoutStartSec=2\nRestart=always\nRestartSec=1\n[Unit]\nStartLimitIntervalSec=0'));
      const started = Date.now();
      const result = await restart({ Service: 'slow' });
      expect(result.exitCode).toBe(20);
      expect(Date.now() - started).toBeLessThan(20_000);
      await shell(node, 'systemctl stop slow');
    });

    it('a one-shot unit, too', async () => {
      await install('long.service', '[Service]\nType=oneshot\nExecStart=/bin/sleep 30');
      const result = await restart({ Service: 'long', StartTimeoutSeconds: '1', StopTimeoutSeconds: '1' });
      expect(result.stdout).toContain('did not end within 1 s');
      expect(result.exitCode).toBe(20);
      await shell(node, 'systemctl stop long');
    });

    it.each(['0', '901', 'own; id', '1m'])('and refuses %j', async (seconds) => {
      expect((await restart({ Service: 'web', StartTimeoutSeconds: seconds })).exitCode).toBe(10);
    });
  });

  describe('stops what does not want to stop', () => {
    it.each([
      { case: 'a process that ignores SIGTERM with an ExecStopPost that hangs', text: `ExecStart=${DEAF}\nExecStopPost=/bin/sleep 1000` },
      { case: 'an ExecStop that hangs', text: `${SLEEP}\nExecStop=/bin/sleep 1000` },
      {
        case: 'an ExecStop and two ExecStopPost that hang',
        text: `ExecStart=${DEAF}\nExecStop=/bin/sleep 1000\nExecStopPost=${DEAF}\nExecStopPost=/bin/sleep 1000`,
      },
      { case: 'an ExecStopPost that hangs alone', text: `${SLEEP}\nExecStopPost=${DEAF}` },
    ])('$case', async ({ text }) => {
      await install('stubborn.service', `[Service]\nTimeoutStopSec=300\n${text}`);
      await shell(node, 'systemctl start stubborn; sleep 0.3');
      const before = await runOf('stubborn');

      const result = await restart({ Service: 'stubborn', StopTimeoutSeconds: '1' });

      expect(result.exitCode, result.stdout).toBe(0);
      expect(await runOf('stubborn')).not.toBe(before);
    });

    it('in the middle of a start that hangs and ignores SIGTERM', async () => {
      await install(
        'stuck.service',
        `[Service]\nType=notify\nTimeoutStopSec=300\nExecStart=/bin/sh -c "test -e /run/mended && { systemd-notify --ready; exec sleep 1000; }; trap '' TERM; while :; do sleep 0.2; done"\nNotifyAccess=all`,
      );
      await shell(node, 'systemctl start --no-block stuck; sleep 0.5; touch /run/mended');
      const result = await restart({ Service: 'stuck', StopTimeoutSeconds: '1' });
      expect(result.exitCode, result.stdout).toBe(0);
    });

    describe('but is never harder on it than its unit file allows', () => {
      // Another process of the unit ignores SIGTERM as well.
      const program = `#!/bin/sh\ntrap '' TERM\nsh -c 'while :; do sleep 0.2; done' & echo $! > /run/helper\nwhile :; do sleep 0.2; done`;
      const hard = async (settings: string) => {
        await install('careful.service', `[Service]\nTimeoutStopSec=300\n${settings}\nExecStart=/usr/local/bin/careful`);
        const pids = await shell(
          node,
          `cat > /usr/local/bin/careful <<'PROGRAM'\n${program}\nPROGRAM
           chmod +x /usr/local/bin/careful; rm -f /run/helper; systemctl start careful
           for i in 1 2 3 4 5 6 7 8 9; do test -s /run/helper || sleep 0.2; done
           systemctl show --property=MainPID --value careful; cat /run/helper`,
        );
        const [main = '', helper = ''] = pids.split('\n');
        const { exitCode, stdout } = await restart({ Service: 'careful', StopTimeoutSeconds: '1' });
        const lives = async (pid: string) => (await node.exec(['kill', '-0', pid])).exitCode === 0;
        const living = { main: await lives(main), helper: await lives(helper) };
        await shell(
          node,
          `systemctl stop --no-block careful; kill -9 ${main} ${helper} $(cat /run/helper) 2>/dev/null || true; systemctl kill -s KILL careful || true`,
        );
        return { exitCode, stdout, living };
      };

      it('which is with all its processes, if it says nothing', async () => {
        expect(await hard('')).toMatchObject({ exitCode: 0, living: { main: false, helper: false } });
      });

      it('with its main process alone, where it says so', async () => {
        const { exitCode, stdout, living } = await hard('KillMode=process');
        expect(stdout).toContain('sending SIGKILL to its processes (main control)');
        expect([exitCode, living]).toEqual([0, { main: false, helper: true }]);
      });

      it('with none, where it says so', async () => {
        const { exitCode, stdout, living } = await hard('SendSIGKILL=no');
        expect(stdout).toMatch(
          /^FAILED: careful\.service did not stop within 1 s and is in stop-sigterm; its unit file forbids SIGKILL \(SendSIGKILL=no\), and systemd starts it again when it has stopped/m,
        );
        expect(stdout).not.toContain('sending SIGKILL');
        expect([exitCode, living]).toEqual([21, { main: true, helper: true }]);
      });

      it('with none in an ExecStop that hangs, where it says so', async () => {
        const { exitCode, stdout, living } = await hard('KillMode=none\nExecStop=/bin/sleep 1000');
        expect(stdout).toContain('is in stop; its unit file forbids SIGKILL (KillMode=none)');
        expect([exitCode, living]).toEqual([21, { main: true, helper: true }]);
      });

      it('with the process of an ExecStopPost that hangs after its main process', async () => {
        await install('careful.service', `[Service]\nTimeoutStopSec=300\nKillMode=process\n${SLEEP}\nExecStopPost=${DEAF}`);
        await shell(node, 'systemctl start careful');
        const result = await restart({ Service: 'careful', StopTimeoutSeconds: '1' });
        expect(result.exitCode, result.stdout).toBe(0);
        await shell(node, 'systemctl stop --no-block careful; systemctl kill -s KILL careful');
      });
    });

    it('and kills nothing of a one-shot unit whose restart systemd refuses', async () => {
      await install('held.service', '[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/bin/true');
      await shell(
        node,
        'systemctl start held; echo "[Unit]\nRequires=no-such-thing.service\nAfter=no-such-thing.service" | install -D /dev/stdin /etc/systemd/system/held.service.d/need.conf; systemctl daemon-reload',
      );
      const result = await restart({ Service: 'held', StopTimeoutSeconds: '1' });
      expect(result.stdout).toContain('no-such-thing.service');
      expect(result.stdout).not.toContain('SIGKILL');
      expect(result.exitCode).toBe(20);
      expect(await isActive('held')).toBe('active');
    });
  });

  describe('refuses what would reach beyond the service', () => {
    it.each([
      'FailureAction=reboot',
      'FailureAction=poweroff-force',
      'SuccessAction=poweroff',
      'StartLimitAction=reboot-immediate',
      'JobTimeoutSec=60\nJobTimeoutAction=reboot',
      'OnFailure=reboot.target',
      'OnFailure=emergency.target',
      'OnFailure=notify.service\nOnFailureJobMode=isolate',
      'OnSuccess=poweroff.target',
    ])('as with %j', async (setting) => {
      await install('mighty.service', `[Unit]\n${setting}\n[Service]\n${SLEEP}`);
      await shell(node, 'systemctl start mighty');
      const before = await runOf('mighty');

      const result = await restart({ Service: 'mighty' });

      expect(result.stdout).toMatch(/^REFUSED: mighty\.service:.*could take down the machine/);
      expect(result.exitCode).toBe(15);
      expect(await runOf('mighty')).toBe(before);
      await shell(node, 'rm /etc/systemd/system/mighty.service; systemctl daemon-reload; systemctl kill -s KILL mighty || true');
    });

    it.each([
      { case: 'requires', own: 'Requires=side.service', side: 'SuccessAction=reboot', words: 'side.service:SuccessAction=reboot' },
      { case: 'wants', own: 'Wants=side.service', side: 'FailureAction=poweroff', words: 'side.service:FailureAction=poweroff' },
      {
        case: 'starts at its failure',
        own: 'OnFailure=side.service',
        side: 'SuccessAction=reboot',
        words: 'side.service:SuccessAction=reboot',
      },
      {
        case: 'starts at its end',
        own: 'OnSuccess=side.service',
        side: 'OnFailure=poweroff.target',
        words: 'side.service:OnFailure=poweroff.target',
      },
      { case: 'needs at second hand', own: 'Requires=far.service', side: 'SuccessAction=exit', words: 'side.service:SuccessAction=exit' },
      {
        case: 'wants against what is up',
        own: 'Wants=side.service',
        side: 'Conflicts=up.service',
        words: 'up.service conflicts with what mighty.service needs',
      },
      {
        case: 'starts at its end against what is up',
        own: 'OnSuccess=side.service',
        side: 'Conflicts=up.service',
        words: 'up.service conflicts with what the end of mighty.service starts',
      },
      {
        case: 'starts at its failure against what is up, at second hand',
        own: 'OnFailure=far.service',
        side: 'Conflicts=up.service mighty.service',
        words: 'up.service conflicts with what the end of mighty.service starts',
      },
      {
        case: 'needs at second hand and that is part of it',
        own: 'Requires=far.service',
        side: 'PartOf=mighty.service\nSuccessAction=exit',
        words: 'side.service:SuccessAction=exit',
      },
    ])('as of a unit that is down, and that it $case', async ({ own, side, words }) => {
      await install('up.service', `[Service]\n${SLEEP}`);
      await install('side.service', `[Unit]\n${side}\n[Service]\n${SLEEP}`);
      await install('far.service', '[Unit]\nWants=side.service\n[Service]\nType=oneshot\nExecStart=/bin/true');
      await install('mighty.service', `[Service]\n${SLEEP}`);
      await shell(node, 'systemctl start up mighty');
      await install('mighty.service', `[Unit]\n${own}\n[Service]\n${SLEEP}`);
      const before = await runOf('mighty');

      const result = await restart({ Service: 'mighty' });

      expect(result.stdout).toContain(`REFUSED: ${words}`);
      expect(result.exitCode).toBe(15);
      expect([await runOf('mighty'), await isActive('up'), await isActive('side')]).toEqual([before, 'active', 'inactive']);
      const units = 'mighty.service side.service far.service up.service';
      await shell(node, `cd /etc/systemd/system; rm ${units}; systemctl daemon-reload; systemctl kill -s KILL mighty up side || true`);
    });

    it('but not because of a fallback for its failure that conflicts with the service itself', async () => {
      await install('fallback.service', `[Unit]\nConflicts=common.service\n[Service]\n${SLEEP}`);
      await install('common.service', `[Unit]\nOnFailure=fallback.service\nWants=network-online.target\n[Service]\n${SLEEP}`);
      await shell(node, 'systemctl start common');
      expect(await restart({ Service: 'common' })).toMatchObject({ exitCode: 0 });
    });

    it('nor because of one that conflicts with what is restarted with the service', async () => {
      await install('fallback.service', `[Unit]\nConflicts=common.service helper.service\n[Service]\n${SLEEP}`);
      await install('common.service', `[Unit]\nOnFailure=fallback.service\n[Service]\n${SLEEP}`);
      await install('helper.service', `[Unit]\nPartOf=common.service\n[Service]\n${SLEEP}`);
      await shell(node, 'systemctl start common helper');
      const result = await restart({ Service: 'common' });
      expect(result, result.stdout).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('restarts with it: helper.service') });
      await shell(node, 'systemctl stop common helper; rm /etc/systemd/system/helper.service; systemctl daemon-reload');
    });

    it('also when a unit that it takes with it has such an action', async () => {
      await install('below.service', `[Service]\n${SLEEP}`);
      await install('above.service', `[Unit]\nRequires=below.service\nFailureAction=reboot\n[Service]\n${SLEEP}`);
      await shell(node, 'systemctl start above');
      const result = await restart({ Service: 'below' });
      expect(result.stdout).toContain('above.service:FailureAction=reboot');
      expect(result.exitCode).toBe(15);
      await shell(node, 'rm /etc/systemd/system/above.service; systemctl daemon-reload; systemctl stop above below');
    });

    it.each([
      { case: 'requires it', own: '', agent: 'Requires=base.service' },
      { case: 'is bound to it', own: '', agent: 'BindsTo=base.service\nAfter=base.service' },
      { case: 'is part of it', own: '', agent: 'PartOf=base.service' },
      { case: 'must find it up', own: '', agent: 'Requisite=base.service\nAfter=base.service' },
      { case: 'is stopped when it stops', own: 'PropagatesStopTo=amazon-ssm-agent.service', agent: '' },
      { case: 'requires what requires it', own: '', agent: 'Requires=middle.service' },
      { case: 'is part of what is part of it', own: '', agent: 'PartOf=middle.service' },
    ])('as the agent $case', async ({ own, agent }) => {
      await install('base.service', `[Unit]\n${own}\n[Service]\n${SLEEP}`);
      await install('middle.service', `[Unit]\nBindsTo=base.service\nAfter=base.service\n[Service]\n${SLEEP}`);
      await install('amazon-ssm-agent.service', `[Unit]\n${agent}\n[Service]\n${SLEEP}`);
      await shell(node, 'systemctl start base middle amazon-ssm-agent');
      const before = await Promise.all(['base', 'amazon-ssm-agent'].map(runOf));

      const result = await restart({ Service: 'base' });

      expect(result.stdout).toContain('REFUSED: amazon-ssm-agent.service is protected, and a restart of base.service restarts it, too');
      expect(result.exitCode).toBe(15);
      expect(await Promise.all(['base', 'amazon-ssm-agent'].map(runOf))).toEqual(before);
      await shell(
        node,
        'systemctl stop base middle amazon-ssm-agent; rm /etc/systemd/system/amazon-ssm-agent.service; systemctl daemon-reload',
      );
    });

    it.each([
      {
        case: 'a mount that needs it',
        unit: 'data.mount',
        text: '[Unit]\nRequires=base.service\nAfter=base.service\n[Mount]\nWhat=tmpfs\nWhere=/data\nType=tmpfs',
        start: 'systemctl start data.mount; echo precious > /data/file',
      },
      {
        case: 'a mount of what needs it',
        unit: 'data.mount',
        text: '[Unit]\nBindsTo=middle.service\nAfter=middle.service\n[Mount]\nWhat=tmpfs\nWhere=/data\nType=tmpfs',
        start: 'systemctl start data.mount',
      },
      {
        case: 'a slice that needs it',
        unit: 'tenants.slice',
        text: '[Unit]\nRequires=base.service',
        start: 'systemctl start tenants.slice',
      },
      {
        case: 'a scope that is part of it',
        unit: 'job.scope',
        text: '',
        start: `systemd-run --scope --unit=job.scope -p PartOf=base.service sleep 1000 > /dev/null 2>&1 < /dev/null &
          until systemctl -q is-active job.scope; do sleep 0.1; done`,
      },
    ])('as of $case, which would not come back as it was', async ({ unit, text, start }) => {
      await install('base.service', `[Service]\n${SLEEP}`);
      await install('middle.service', `[Unit]\nBindsTo=base.service\nAfter=base.service\n[Service]\n${SLEEP}`);
      if (text) await install(unit, text);
      await shell(node, `systemctl start base middle; ${start}`);
      const before = await Promise.all(['base', unit].map(runOf));

      const result = await restart({ Service: 'base' });

      expect(result.stdout).toContain(`REFUSED: ${unit} stops with base.service, and is no service that could simply be started again`);
      expect(result.exitCode).toBe(15);
      expect(await Promise.all(['base', unit].map(runOf))).toEqual(before);
      await shell(
        node,
        `systemctl stop ${unit} base middle; cd /etc/systemd/system; rm -f data.mount tenants.slice; systemctl daemon-reload`,
      );
    });

    it('but not because of a mount that is down', async () => {
      await install('base.service', `[Service]\n${SLEEP}`);
      await install('data.mount', '[Unit]\nRequires=base.service\n[Mount]\nWhat=tmpfs\nWhere=/data\nType=tmpfs');
      expect((await restart({ Service: 'base' })).exitCode).toBe(0);
      await shell(node, 'systemctl stop base; rm /etc/systemd/system/data.mount; systemctl daemon-reload');
    });

    it('but not because of a protected unit that is down, or that only wants it', async () => {
      await install('base.service', `[Service]\n${SLEEP}`);
      await install('ssh-down.service', `[Unit]\nRequires=base.service\n[Service]\n${SLEEP}`);
      await install('ssh-up.service', `[Unit]\nWants=base.service\n[Service]\n${SLEEP}`);
      await shell(node, 'systemctl start base ssh-up');
      const before = await runOf('ssh-up');
      expect((await restart({ Service: 'base' })).exitCode).toBe(0);
      expect([await runOf('ssh-up'), await isActive('ssh-down')]).toEqual([before, 'inactive']);
      await shell(node, 'systemctl stop ssh-up base; rm /etc/systemd/system/ssh-*.service; systemctl daemon-reload');
    });

    it('as its start would stop what conflicts with it and is up', async () => {
      await install('one.service', `[Unit]\nConflicts=other.service\n[Service]\n${SLEEP}`);
      await install('other.service', `[Service]\n${SLEEP}`);
      await shell(node, 'systemctl start other');
      const result = await restart({ Service: 'one' });
      expect(result.stdout).toContain('REFUSED: other.service conflicts with one.service and is up');
      expect(result.exitCode).toBe(15);
      expect(await isActive('other')).toBe('active');
    });

    it('and says when something that was restarted with it is not up again', async () => {
      await install('base.service', `[Service]\n${SLEEP}`);
      await install(
        'leaning.service',
        '[Unit]\nRequires=base.service\nAfter=base.service\n[Service]\nType=notify\nNotifyAccess=all\nExecStart=/bin/sh -c "test -e /run/leaning && exit 1; touch /run/leaning; systemd-notify --ready; exec sleep 1000"',
      );
      await shell(node, 'systemctl start leaning');
      const result = await restart({ Service: 'base' });
      expect(result.stdout).toContain('restarts with it: leaning.service');
      expect(result.stdout).toContain('FAILED: base.service is up again, but not what was restarted with it: leaning.service (failed)');
      expect(result.exitCode).toBe(26);
    });
  });

  describe('names what it took down and is down still', () => {
    const leaning = (type: string) => `[Unit]\nBindsTo=base.service\nAfter=base.service\n[Service]\nType=${type}\n${SLEEP}`;
    const failure = async (text: string, more: Readonly<Record<string, string>> = {}) => {
      // One that is up since before would not run what the new text says until it is restarted.
      await shell(node, 'systemctl stop base || true; rm -f /run/once; systemctl reset-failed');
      await install('base.service', text);
      await install('leaning-one.service', leaning('simple'));
      await install('leaning-two.service', leaning('exec'));
      await shell(node, 'systemctl start leaning-one leaning-two');
      const { exitCode, stdout } = await restart({ Service: 'base', StopTimeoutSeconds: '1', ...more });
      await shell(
        node,
        'systemctl kill -s KILL base leaning-one leaning-two || true; rm /etc/systemd/system/leaning-*; systemctl daemon-reload',
      );
      return [exitCode, stdout.split('\n').find((line) => line.startsWith('FAILED: '))];
    };
    const withThem = expect.stringMatching(
      /; not up either: leaning-(one|two)\.service \(inactive\) leaning-(one|two)\.service \(inactive\)$/,
    );

    it('when the service does not start again', async () => {
      const once = '/bin/sh -c "test ! -e /run/once && touch /run/once"';
      expect(await failure(`[Service]\nExecStartPre=${once}\n${SLEEP}`)).toEqual([20, withThem]);
    });

    it('when the service does not become active in time', async () => {
      const once = '/bin/sh -c "test ! -e /run/once || sleep 1000; touch /run/once"';
      expect(await failure(`[Service]\nExecStartPre=${once}\n${SLEEP}`, { StartTimeoutSeconds: '2' })).toEqual([20, withThem]);
    });

    it('when the service does not stay up', async () => {
      const once = '/bin/sh -c "test -e /run/once && { sleep 0.5; exit 1; }; touch /run/once; exec sleep 1000"';
      expect(await failure(`[Service]\nExecStart=${once}`, { StableSeconds: '3' })).toEqual([22, withThem]);
    });
  });

  it('shows the journal of the unit behind an alias, and takes turns under either name', async () => {
    await install('real.service', '[Service]\nExecStart=/bin/sh -c "echo words of the real one; exec sleep 1000"');
    await shell(node, 'ln -sf real.service /etc/systemd/system/nickname.service; systemctl daemon-reload; systemctl start real; sleep 0.3');

    const results = await Promise.all([restart({ Service: 'nickname' }), restart({ Service: 'real' })]);

    expect(results[0].stdout).toContain('words of the real one');
    expect(results[0].stdout).toContain('OK: real.service was restarted');
    expect(results.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
  });

  describe('names the true cause', () => {
    const cause = async (unit: string) => {
      const { stdout, exitCode } = await restart({ Service: unit });
      expect(exitCode).toBe(20);
      const failure = stdout.split('\n').find((line) => line.startsWith('FAILED: ')) ?? '';
      expect(failure).not.toMatch(/within|stuck|kernel/);
      return failure;
    };

    it.each([
      { case: 'that systemd forgets at once', wanted: false },
      { case: 'that systemd keeps', wanted: true },
    ])('an unmet condition of a unit $case', async ({ wanted }) => {
      const wantedBy = wanted ? '[Install]\nWantedBy=multi-user.target' : '';
      await install('unmet.service', `[Unit]\nConditionPathExists=/no/such/path\n[Service]\n${SLEEP}\n${wantedBy}`);
      if (wanted) await shell(node, 'systemctl enable -q unmet; systemctl daemon-reload');
      expect(await cause('unmet')).toMatch(/condition.*ConditionPathExists=\/no\/such\/path/);
    });

    it('an unmet condition of a one-shot unit, which systemd counts as done', async () => {
      await install('unmet-once.service', '[Unit]\nConditionPathExists=/no/such/path\n[Service]\nType=oneshot\nExecStart=/bin/true');
      expect(await cause('unmet-once')).toMatch(/ConditionPathExists=\/no\/such\/path/);
    });

    it('an assertion that does not hold', async () => {
      await install('asserted.service', `[Unit]\nAssertPathExists=/no/such/path\n[Service]\n${SLEEP}`);
      expect(await cause('asserted')).toMatch(/assert/i);
    });

    it('a failed unit that one needs which was up before, and which systemd then forgets', async () => {
      await install('breaking.service', '[Service]\nType=oneshot\nExecStart=/bin/sh -c "test ! -e /run/broke && touch /run/broke"');
      await install('once-up.service', `[Unit]\nRequires=breaking.service\nAfter=breaking.service\n[Service]\n${SLEEP}`);
      await shell(node, 'systemctl start once-up');
      expect(await cause('once-up')).toMatch(/it needs breaking\.service, which failed/);
    });

    it.each([
      { case: 'it needs', needs: 'Requires=broken.service' },
      { case: 'it is bound to', needs: 'BindsTo=broken.service' },
      { case: 'what it needs needs', needs: 'Requires=between.service' },
    ])('a failed unit that $case', async ({ needs }) => {
      const after = 'After=broken.service between.service';
      await install('broken.service', '[Service]\nType=oneshot\nExecStart=/bin/false');
      await install('between.service', `[Unit]\nRequires=broken.service\nAfter=broken.service\n[Service]\n${SLEEP}`);
      await install('needing.service', `[Unit]\n${needs}\n${after}\n[Service]\n${SLEEP}`);
      expect(await cause('needing')).toContain('it needs broken.service, which failed');
    });

    it('the exit code of a program that does not start', async () => {
      await install('dies.service', '[Service]\nType=notify\nExecStart=/bin/sh -c "exit 7"');
      expect(await cause('dies')).toContain('(result exit-code), its main process ended with exit code 7');
    });

    it('a program that is not there', async () => {
      await install('missing.service', '[Service]\nType=notify\nExecStart=/no/such/program');
      expect(await cause('missing')).toContain('203');
    });
  });

  describe('when it is asked because no process was seen', () => {
    const unseen = (Service: string) => restart({ Service, WhenActive: 'refuse' });

    it('leaves a service alone that is up, and names its process', async () => {
      await install('fine.service', `[Service]\n${SLEEP}`);
      await shell(node, 'systemctl start fine');
      const before = await runOf('fine');

      const result = await unseen('fine');

      expect(result.stdout).toMatch(/^REFUSED: fine\.service is active \(running\), main process \d+, sleep: /);
      expect(result.exitCode).toBe(16);
      expect(await runOf('fine')).toBe(before);
    });

    it('brings one back that is down, or between two starts', async () => {
      await shell(node, 'systemctl kill -s KILL fine; sleep 0.2');
      expect((await unseen('fine')).exitCode).toBe(0);
    });

    const loud = '/bin/sh -c "echo begin >> /run/begun; sleep 1000"';
    it.each([
      { case: 'prepares', text: `TimeoutStartSec=900\nExecStartPre=${loud}\n${SLEEP}`, state: 'start-pre' },
      { case: 'is not ready', text: `Type=notify\nTimeoutStartSec=900\nExecStart=${loud}`, state: 'start' },
      { case: 'is not ready and may take for ever', text: `Type=notify\nTimeoutStartSec=infinity\nExecStart=${loud}`, state: 'start' },
      { case: 'is a one-shot at its work', text: `Type=oneshot\nExecStart=${loud}`, state: 'start' },
    ])('leaves one alone that is starting: it $case', async ({ text, state }) => {
      await install('starting.service', `[Service]\n${text}`);
      await shell(node, 'rm -f /run/begun; systemctl start --no-block starting; until test -e /run/begun; do sleep 0.1; done');
      const before = await runOf('starting');

      const result = await unseen('starting');

      const began = await shell(node, 'cat /run/begun');
      const after = await runOf('starting');
      await shell(node, 'systemctl kill -s KILL starting; systemctl stop starting');
      expect(result.stdout).toMatch(
        new RegExp(`^REFUSED: starting\\.service is activating \\(${state}\\) for \\d+ s, main process .*: it is starting still`),
      );
      expect(result.exitCode).toBe(16);
      expect([after, began]).toEqual([before, 'begin']);
    });

    it('restarts one that systemd starts again and again, though each start takes its time', async () => {
      await install(
        'loops.service',
        '[Service]\nType=notify\nRestart=always\nRestartSec=100ms\nTimeoutStartSec=5\nExecStartPre=/bin/sh -c "sleep 2; exit 1"\nExecStart=/bin/sleep 1000',
      );
      await shell(node, 'systemctl start --no-block loops; sleep 9');
      expect(await restart({ Service: 'loops', WhenActive: 'refuse', StartTimeoutSeconds: '5' })).toMatchObject({ exitCode: 20 });
      await shell(node, 'systemctl stop loops; systemctl reset-failed');
    });

    it('but not one whose start has no limit and has hung for longer than any may be given', async () => {
      const hasty = script.replace('longest_start=900', 'longest_start=1');
      expect(hasty).not.toBe(script);
      await install(
        'starting.service',
        `[Service]\nType=notify\nNotifyAccess=all\nTimeoutStartSec=infinity\nExecStart=/bin/sh -c "test -e /run/begun && systemd-notify --ready; echo begin >> /run/begun; exec sleep 1000"`,
      );
      await shell(node, 'rm -f /run/begun; systemctl start --no-block starting; until test -e /run/begun; do sleep 0.1; done; sleep 2');
      const result = await runDocument(node, hasty, {
        StableSeconds: '1',
        Service: 'starting',
        WhenActive: 'refuse',
        StopTimeoutSeconds: '1',
      });
      expect(result.exitCode, result.stdout).toBe(0);
      await shell(node, 'systemctl stop starting');
    });

    it('nor one whose start systemd has ended', async () => {
      await install(
        'starting.service',
        `[Service]\nTimeoutStartSec=1\nExecStartPre=/bin/sh -c "test -e /run/begun || { echo begin >> /run/begun; sleep 1000; }"\n${SLEEP}`,
      );
      await shell(node, 'rm -f /run/begun; systemctl start starting || true');
      expect((await unseen('starting')).exitCode).toBe(0);
      await shell(node, 'systemctl stop starting');
    });

    it('runs no one-shot again that ended well, as by a timer, but one that failed', async () => {
      await install('payroll.service', '[Service]\nType=oneshot\nExecStart=/bin/sh -c "echo run >> /run/payroll; test ! -e /run/bankrupt"');
      await install('payroll.timer', '[Timer]\nOnCalendar=yearly\n[Install]\nWantedBy=timers.target');
      await shell(node, 'systemctl start payroll.timer payroll');

      const result = await unseen('payroll');

      expect(result.stdout).toMatch(/^REFUSED: payroll\.service is a one-shot that is not to be up, and its last run did not fail/);
      expect(result.exitCode).toBe(16);
      await shell(node, 'touch /run/bankrupt; systemctl start payroll || true; rm /run/bankrupt');
      expect((await unseen('payroll')).exitCode).toBe(0);
      expect(await shell(node, 'cat /run/payroll')).toBe('run\nrun\nrun');
    });

    it('leaves a unit alone that only holds others together, while those are up, and restarts it when one has failed', async () => {
      await install(
        'bundle.service',
        '[Unit]\nWants=bundle-one.service\n[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/bin/true',
      );
      await install('bundle-one.service', `[Unit]\nPartOf=bundle.service\n[Service]\n${SLEEP}`);
      await shell(node, 'systemctl start bundle');
      expect((await unseen('bundle')).exitCode).toBe(16);
      await shell(node, 'systemctl kill -s KILL bundle-one; sleep 0.3');
      const result = await unseen('bundle');
      expect(result.exitCode, result.stdout).toBe(0);
      expect(await isActive('bundle-one')).toBe('active');
    });
  });

  it('leaves nothing behind when it is killed half way', async () => {
    await install('slow-stop.service', `[Service]\nExecStart=${DEAF}`);
    await shell(node, 'systemctl start slow-stop; sleep 0.2');
    await node.exec(script, { env: { SSM_Service: 'slow-stop' }, timeoutMs: 1_500 });
    expect(await shell(node, 'find /run/self-healing -name "said*"')).toBe('');
    await shell(node, 'systemctl kill -s KILL slow-stop');
  });
});
