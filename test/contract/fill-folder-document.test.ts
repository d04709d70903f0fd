import { bootNode, type ManagedNode } from '@self-healing/local-aws/nodes/managed-node.ts';
import { runDocument, shell, whyNoNodes } from '@self-healing/local-aws/testing/nodes.ts';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { documentScript } from '../support/document-script.ts';

const script = documentScript('fill-folder');
const DISK = '/srv/web';
const FOLDER = `${DISK}/tmp`;
const OWN = `${FOLDER}/self-healing-drill`;
const AT_BOOT = '/etc/tmpfiles.d/self-healing-drill.conf';

/** The disk of the node is a volume of its own with xfs, of which only what is written takes room. */
describe.skipIf(whyNoNodes !== '')(`the fill-folder document on a node${whyNoNodes}`, () => {
  let node: ManagedNode;

  /** The same script, with seconds in the place of minutes. */
  const replacedTimer = (after: string) => script.replace(/--on-active="[^"]+"/, `--on-active=${after}`);

  beforeAll(async () => {
    node = await bootNode({ name: 'filled', instanceId: 'i-000000000000000f1', volumeGibibytes: 8 });
    await shell(node, `mkdir -p ${FOLDER}; chown root:root ${FOLDER}; chmod 1777 ${FOLDER}; chown root:root ${DISK}; chmod 755 ${DISK}`);
  });
  afterEach(async () => {
    await shell(
      node,
      `systemctl stop self-healing-drill.timer 2>/dev/null || :; systemctl reset-failed; rm -rf ${OWN} ${DISK}/more ${AT_BOOT}; chmod 1777 ${FOLDER}; chown root:root ${FOLDER}`,
    );
  });
  afterAll(() => node?.destroy());

  const given = { Folders: `/var/tmp:${FOLDER}`, Path: DISK, Percent: '88', Minutes: '5' };
  const fill = (more: Partial<typeof given> = {}, text = script) => runDocument(node, text, { ...given, ...more });
  const isThere = (path: string) => shell(node, `[ -e ${path} ] && echo yes || echo no`);
  const timerState = () => shell(node, 'systemctl is-active self-healing-drill.timer || :');
  /** As the agent counts. */
  const used = async () => {
    const [blocks = 0, free = 0, available = 0] = (await shell(node, `stat -f -c '%b %f %a' ${DISK}`)).split(' ').map(Number);
    return (100 * (blocks - free)) / (blocks - free + available);
  };

  it('fills to the share and no further, in a folder of root alone, with the timer and the line for a reboot in place', async () => {
    const { exitCode, stdout } = await fill();
    expect([exitCode, stdout]).toEqual([0, expect.stringContaining(`filled ${DISK} for a drill`)]);
    expect(await used()).toBeGreaterThan(87);
    expect(await used()).toBeLessThanOrEqual(88);
    expect(await shell(node, `stat -c '%u %a %F' ${OWN} ${OWN}/fill`)).toBe('0 700 directory\n0 600 regular file');
    expect(await timerState()).toBe('active');
    expect(await shell(node, `cat ${AT_BOOT}`)).toBe(`r! ${OWN}/fill\nr! ${OWN}\nr! ${AT_BOOT}`);
  });

  it('fills to 90 %, and never further', async () => {
    expect((await fill({ Percent: '90' })).exitCode).toBe(0);
    expect(await used()).toBeGreaterThan(89.5);
    expect(await used()).toBeLessThanOrEqual(90);
  });

  it('takes away what it began where others write meanwhile', async () => {
    const others = script.replace(
      'fallocate --length "$bytes" -- "$file"',
      `sh -c 'fallocate -l "$1" "$2"; fallocate -l 200M ${DISK}/more' sh "$bytes" "$file"`,
    );
    expect(others).not.toBe(script);
    expect(await fill({ Percent: '90' }, others)).toMatchObject({ exitCode: 21, stdout: expect.stringContaining('more than 90 %') });
    expect([await isThere(OWN), await timerState()]).toEqual(['no', 'inactive']);
  });

  it('is taken away by the timer, by nothing but systemd, and can be held again', async () => {
    const soon = replacedTimer('2s');
    expect(soon).not.toBe(script);
    expect((await fill({}, soon)).exitCode).toBe(0);
    await expect.poll(() => isThere(OWN)).toBe('no');
    await expect.poll(timerState).toBe('inactive');
    expect([await isThere(AT_BOOT), await used()]).toEqual(['no', expect.toSatisfy((percent: number) => percent < 20)]);
    expect((await fill()).exitCode).toBe(0);
  });

  it('is taken away at boot, where the timer is gone', async () => {
    await fill();
    await shell(node, 'systemctl stop self-healing-drill.timer; systemd-tmpfiles --create --remove; ');
    expect(await isThere(`${OWN}/fill`)).toBe('yes');
    await shell(node, 'systemd-tmpfiles --create --remove --boot --exclude-prefix=/dev 2>/dev/null || :');
    expect([await isThere(OWN), await isThere(AT_BOOT)]).toEqual(['no', 'no']);
  });

  it('is healed by the remedy that clears the folder, though the file is young; what else is young stays', async () => {
    await fill();
    await shell(
      node,
      `mkdir -p ${FOLDER}/other/self-healing-drill; touch ${FOLDER}/young ${FOLDER}/other/self-healing-drill/fill ${OWN}/kept`,
    );
    const clears = documentScript('clear-caches');
    const clear = (DryRun: string) => runDocument(node, clears, { Paths: FOLDER, OlderThanMinutes: '1440', DryRun });
    expect((await clear('true')).stdout).toContain('would free 1 files');
    expect(await isThere(`${OWN}/fill`)).toBe('yes');
    expect((await clear('false')).stdout).toContain('freed 1 files, 6.');
    expect(await used()).toBeLessThan(20);
    expect(await Promise.all([`${FOLDER}/young`, `${FOLDER}/other/self-healing-drill/fill`, `${OWN}/kept`].map(isThere))).toEqual([
      ...['yes', 'yes', 'yes'],
    ]);
    await shell(node, `rm -rf ${FOLDER}/other ${FOLDER}/young`);
  });

  it('of a user is no file of a drill to the remedy, whatever it is called', async () => {
    await shell(node, `mkdir ${OWN}; touch ${OWN}/fill; chown -R nobody ${OWN}`);
    await runDocument(node, documentScript('clear-caches'), { Paths: FOLDER, OlderThanMinutes: '1440' });
    expect(await isThere(`${OWN}/fill`)).toBe('yes');
  });

  it('is refused while another drill is under way, which goes on', async () => {
    await fill();
    expect(await fill()).toMatchObject({ exitCode: 24, stdout: expect.stringContaining('another drill is under way') });
    expect([await isThere(`${OWN}/fill`), await timerState()]).toEqual(['yes', 'active']);
  });

  it('takes away what an earlier drill left, and nothing that is of none', async () => {
    await shell(node, `mkdir -m 700 ${OWN}; touch ${OWN}/fill`);
    expect((await fill()).exitCode).toBe(0);
    await shell(node, `systemctl stop self-healing-drill.timer; touch ${OWN}/theirs`);
    expect(await fill()).toMatchObject({ exitCode: 15, stdout: expect.stringContaining('holds what is not of a drill') });
    expect(await isThere(`${OWN}/theirs`)).toBe('yes');
  });

  it.each([
    ['a link in the place of its folder', `mkdir ${DISK}/more; ln -s ${DISK}/more ${OWN}`, 'is not of a drill'],
    ['a folder of a user in the place of its own', `mkdir -m 700 ${OWN}; chown nobody ${OWN}`, 'is not of a drill'],
    ['a file in the place of its folder', `touch ${OWN}`, 'is not of a drill'],
    ['a folder that a user owns', `chown nobody ${FOLDER}`, "is not root's"],
    ['a folder that others may write to, without its sticky bit', `chmod 0777 ${FOLDER}`, 'others than root may write'],
  ])('makes nothing at %s', async (_, prepare, words) => {
    await shell(node, prepare);
    expect(await fill()).toMatchObject({ exitCode: 15, stdout: expect.stringContaining(words) });
    expect([await timerState(), await used(), await isThere(AT_BOOT)]).toEqual([
      'inactive',
      expect.toSatisfy((is: number) => is < 20),
      'no',
    ]);
  });

  it.each([
    ['where it is as full already', { Percent: '1' }, 16, 'used to 1 % already'],
    ['in no folder on the file system', { Folders: '/var/tmp' }, 12, 'none of the folders lies on'],
    ['where no file system is mounted', { Path: '/srv' }, 12, 'no file system is mounted at /srv'],
    ['in memory', { Path: '/run', Folders: '/run/lock:/run' }, 15, 'is memory'],
  ])('fills nothing %s', async (_, more, exitCode, words) => {
    expect(await fill(more)).toMatchObject({ exitCode, stdout: expect.stringContaining(words) });
    expect(await timerState()).toBe('inactive');
  });

  it('leaves half a gibibyte at least, and takes no more than its limit', async () => {
    const roomy = script.replace(/^least_left=\d+$/m, 'least_left=2147483648');
    expect(await fill({}, roomy)).toMatchObject({ exitCode: 17, stdout: expect.stringContaining('leaves 2048 MiB at least') });
    const bounded = script.replace(/^most_bytes=\d+$/m, 'most_bytes=1073741824');
    expect(await fill({}, bounded)).toMatchObject({ exitCode: 17, stdout: expect.stringContaining('a drill takes 1 GiB at most') });
    expect([await isThere(OWN), await timerState()]).toEqual(['no', 'inactive']);
  });

  it('takes away what it began where the room cannot be reserved', async () => {
    const failing = script.replace('timeout 60 fallocate', 'false');
    expect(await fill({}, failing)).toMatchObject({ exitCode: 21 });
    expect([await isThere(OWN), await isThere(AT_BOOT), await timerState()]).toEqual(['no', 'no', 'inactive']);
  });

  it.each([
    { Percent: '91' },
    { Percent: '0' },
    { Percent: '100' },
    { Percent: '08' },
    { Percent: '8; reboot' },
    { Minutes: '4' },
    { Minutes: '61' },
    { Path: 'srv/web' },
    { Path: '/srv/../srv/web' },
    { Path: '/srv/$(reboot)' },
    { Folders: '' },
    { Folders: `${FOLDER}/../tmp` },
    { Folders: 'tmp' },
  ])('refuses %j', async (more) => {
    expect((await fill(more)).exitCode).toBe(10);
    expect(await isThere(OWN)).toBe('no');
  });
});
