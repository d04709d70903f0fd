import { bootNode, type ManagedNode } from '@self-healing/local-aws/nodes/managed-node.ts';
import { runDocument, shell, whyNoNodes } from '@self-healing/local-aws/testing/nodes.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { documentScript } from '../support/document-script.ts';

const script = documentScript('restart-instance');
const MARKS = '/var/lib/self-healing/restarts';
/** A write lock as dpkg and rpm take it, in the form that fcntl wants it. */
const POSIX_LOCK = 'use Fcntl; $lock = pack("s s x!8 q q i x!8", F_WRLCK, 0, 0, 0, 0); fcntl($f, F_SETLK, $lock)';

const token = (digit: string) => `${digit.repeat(64)}-1`;

describe.skipIf(whyNoNodes !== '')(`the restart-instance document on a node${whyNoNodes}`, () => {
  let node: ManagedNode;

  beforeAll(async () => {
    node = await bootNode({ name: 'reboots', instanceId: 'i-0000000000000000b' });
  });
  afterAll(() => node?.destroy());
  beforeEach(() => shell(node, `chattr -i ${MARKS} 2>/dev/null || true; rm -rf /var/lib/self-healing`));

  const run = (Token: string) => runDocument(node, script, { Token });
  const bootId = () => shell(node, 'cat /proc/sys/kernel/random/boot_id');

  it('asks for one reboot, and says after it that it has happened, however often it is asked', async () => {
    const before = await bootId();
    expect(await run(token('a'))).toMatchObject({ exitCode: 194, stdout: `asking for the reboot of boot ${before}\n` });
    await node.reboot();
    const after = await bootId();
    expect(after).not.toBe(before);
    for (let again = 0; again < 2; again += 1) {
      const result = await run(token('a'));
      expect(result.stdout).toContain(`REBOOTED: boot ${before} is over, this is boot ${after}`);
      expect(result.stdout).toMatch(/the system is (running|degraded)/);
      expect(result.exitCode).toBe(0);
    }
  });

  it('does not ask again when the reboot did not happen', async () => {
    await run(token('b'));
    expect(await run(token('b'))).toMatchObject({ exitCode: 20, stdout: expect.stringContaining('FAILED: the reboot was asked for') });
  });

  it('does not ask while another attempt waits for its reboot, and asks when that is long past', async () => {
    await run(token('c'));
    expect(await run(token('d'))).toMatchObject({ exitCode: 14, stdout: expect.stringContaining('another attempt') });
    await shell(node, `touch -d '1 hour ago' ${MARKS}/${token('c')}`);
    expect(await run(token('d'))).toMatchObject({ exitCode: 194 });
  });

  it.each([
    ['/var/lib/dpkg/lock-frontend', POSIX_LOCK],
    ['/usr/lib/sysimage/rpm/.rpm.lock', POSIX_LOCK],
    ['/lib/apk/db/lock', 'flock($f, 2)'],
  ])('does not reboot while %s is locked, whatever the program is called, and takes no other lock for it', async (file, lock) => {
    await shell(
      node,
      `mkdir -p ${file.replace(/[^/]*$/, '')}; touch ${file} /tmp/other; cp /usr/bin/perl /tmp/nightly
      for held in ${file} /tmp/other; do
        (/tmp/nightly -e 'open($f, "+<", $ARGV[0]) or die; ${lock} or die; open($done, ">", "$ARGV[0].held"); sleep 1234' $held >/dev/null 2>&1 &)
        until [ -e $held.held ]; do sleep 0.1; done; rm $held.held
      done`,
    );
    expect(await run(token('e'))).toMatchObject({ exitCode: 13, stdout: expect.stringContaining(`${file} is held by nightly`) });
    await shell(node, `pkill -f '1234 ${file}$'; while pgrep -f '1234 ${file}$'; do sleep 0.1; done`);
    expect(await run(token('e'))).toMatchObject({ exitCode: 194 });
    await shell(node, 'pkill -x nightly; while pgrep -x nightly; do sleep 0.1; done');
  });

  it('is not kept from it by a program that waits for the machine to shut down, as Ubuntu has one at all times', async () => {
    await shell(node, 'cp /bin/sleep /tmp/unattended-upgrade-shutdown; (/tmp/unattended-upgrade-shutdown 1234 >/dev/null 2>&1 &)');
    expect(await run(token('9'))).toMatchObject({ exitCode: 194 });
    await shell(node, 'pkill -x unattended-upgr; while pgrep -x unattended-upgr; do sleep 0.1; done');
  });

  it('does not reboot while packages are being installed', async () => {
    await shell(node, 'cp /bin/sleep /tmp/dpkg; (/tmp/dpkg 1234 >/dev/null 2>&1 &)');
    expect(await run(token('e'))).toMatchObject({ exitCode: 13, stdout: expect.stringContaining('by dpkg') });
    await shell(node, 'pkill -x dpkg; while pgrep -x dpkg; do sleep 0.1; done');
    expect(await run(token('e'))).toMatchObject({ exitCode: 194 });
  });

  it('reboots although somebody who is not root calls a program as a package manager is called', async () => {
    await shell(
      node,
      'cp /bin/sleep /tmp/rpm; chmod 755 /tmp/rpm; (setpriv --reuid 65534 --clear-groups /tmp/rpm 1234 >/dev/null 2>&1 &) ; until pgrep -x rpm; do sleep 0.1; done',
    );
    expect(await run(token('9'))).toMatchObject({ exitCode: 194 });
    await shell(node, 'pkill -x rpm; while pgrep -x rpm; do sleep 0.1; done');
  });

  it('does not reboot when it could not tell afterwards that it did', async () => {
    await shell(node, `mkdir -p ${MARKS}; mount -t tmpfs -o ro tmpfs ${MARKS}`);
    try {
      expect(await run(token('f'))).toMatchObject({ exitCode: 12, stdout: expect.stringContaining('cannot be written') });
    } finally {
      await shell(node, `umount ${MARKS}`);
    }
    await shell(node, 'rm -rf /var/lib/self-healing; touch /var/lib/self-healing');
    expect(await run(token('f'))).toMatchObject({ exitCode: 12, stdout: expect.stringContaining('cannot be made') });
  });

  describe('where nothing would carry the reboot out', () => {
    const refused = { exitCode: 15, stdout: expect.stringContaining('have EC2 reboot the machine') };

    it.each([
      {
        case: 'logind is masked',
        down: 'systemctl mask --now -q systemd-logind',
        up: 'systemctl unmask -q systemd-logind; systemctl start systemd-logind',
      },
      { case: 'logind is stopped', down: 'systemctl stop systemd-logind', up: 'systemctl start systemd-logind' },
      {
        case: 'logind is up and hangs',
        down: 'systemctl kill -s STOP systemd-logind',
        up: 'systemctl kill -s CONT systemd-logind; systemctl restart systemd-logind',
      },
      {
        case: 'the message bus is down',
        down: 'systemctl stop dbus.socket dbus.service 2>/dev/null',
        up: 'systemctl start dbus.socket dbus.service; systemctl restart systemd-logind',
      },
      ...['reboot.target', 'systemd-reboot.service'].map((unit) => ({
        case: `${unit} is masked`,
        down: `systemctl mask -q ${unit}`,
        up: `systemctl unmask -q ${unit}`,
      })),
    ])('as $case, it refuses and leaves no mark, and asks when that is over', async ({ down, up }) => {
      await shell(node, down);
      try {
        expect(await run(token('7'))).toMatchObject(refused);
        expect(await shell(node, `ls -A ${MARKS}`)).toBe('');
      } finally {
        await shell(node, up);
      }
      expect(await run(token('7'))).toMatchObject({ exitCode: 194 });
    });
  });

  it('does not reboot while a program keeps the machine from shutting down, and does when that has ended', async () => {
    await shell(
      node,
      `(systemd-inhibit --what=shutdown --mode=block --who=firmware --why='it is being written' sleep 1234 >/dev/null 2>&1 &)
      (systemd-inhibit --what=shutdown --mode=delay --who=other sleep 1235 >/dev/null 2>&1 &)
      until [ "$(systemd-inhibit --list --no-legend | grep -cE '^(firmware|other)')" = 2 ]; do sleep 0.1; done`,
    );
    expect(await run(token('8'))).toMatchObject({ exitCode: 13, stdout: expect.stringContaining('keeps the machine from shutting down') });
    await shell(node, "pkill -f 'slee[p] 1234'; while systemd-inhibit --list --no-legend | grep -q '^firmware'; do sleep 0.1; done");
    expect(await run(token('8'))).toMatchObject({ exitCode: 194 });
    await shell(node, "pkill -f 'slee[p] 1235'");
  });

  describe('under systemd 219, as Amazon Linux 2 has it', () => {
    // Its logind knows nothing of scheduled shutdowns, and its systemctl cannot wait.
    const standIn = (name: string, unknown: string, says: string) =>
      shell(
        node,
        `printf '%s\n' '#!/bin/sh' 'case "$*" in *${unknown}*) echo "${says}" >&2; exit 1 ;; esac' 'exec /usr/bin/${name} "$@"' > /usr/local/bin/${name}
        chmod +x /usr/local/bin/${name}`,
      );
    beforeAll(async () => {
      await standIn('busctl', 'ScheduledShutdown', 'Unknown property or interface.');
      await standIn('systemctl', '--wait', "unrecognized option '--wait'");
    });
    afterAll(() => node && shell(node, 'rm -f /usr/local/bin/busctl /usr/local/bin/systemctl /run/systemd/shutdown/scheduled'));

    it('asks for the reboot, and after it says how the system is', async () => {
      expect(await run(token('7'))).toMatchObject({ exitCode: 194 });
      await shell(node, `echo another-boot > ${MARKS}/${token('7')}`);
      const { exitCode, stdout } = await run(token('7'));
      expect(stdout).toMatch(/^the system is (running|degraded)$/m);
      expect(exitCode).toBe(0);
    });

    it('does not ask while a shutdown is scheduled', async () => {
      await shell(node, 'mkdir -p /run/systemd/shutdown; printf "USEC=1\\nMODE=poweroff\\n" > /run/systemd/shutdown/scheduled');
      expect(await run(token('6'))).toMatchObject({
        exitCode: 14,
        stdout: expect.stringContaining('scheduled already: USEC=1 MODE=poweroff'),
      });
      await shell(node, 'rm /run/systemd/shutdown/scheduled');
      expect(await run(token('6'))).toMatchObject({ exitCode: 194 });
    });
  });

  it('forgets marks that no command can ask for any more', async () => {
    await shell(node, `mkdir -p ${MARKS}; touch -d '50 days ago' ${MARKS}/old; touch -d '30 days ago' ${MARKS}/young`);
    await run(token('0'));
    expect(await shell(node, `ls ${MARKS}`)).toBe([token('0'), 'young'].join('\n'));
  });

  it.each([
    '',
    'a',
    `${'a'.repeat(64)}`,
    `${'a'.repeat(64)}-`,
    `${'a'.repeat(64)}-123`,
    `${'g'.repeat(64)}-1`,
    `../../etc/${'a'.repeat(64)}-1`,
  ])('refuses the token %j', async (bad) => {
    expect(await run(bad)).toMatchObject({ exitCode: 10 });
    expect(await shell(node, 'ls -A /var/lib/self-healing 2>/dev/null || true')).toBe('');
  });
});
