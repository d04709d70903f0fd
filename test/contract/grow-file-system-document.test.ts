import { readFileSync } from 'node:fs';
import { bootNode, type ManagedNode } from '@self-healing/local-aws/nodes/managed-node.ts';
import { runDocument, shell, whyNoNodes } from '@self-healing/local-aws/testing/nodes.ts';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { documentScript } from '../support/document-script.ts';
import { whyNoPartitionTools } from '../support/partition-tools.ts';

const script = documentScript('grow-file-system');
const missing = whyNoNodes || whyNoPartitionTools;
const why = missing && ` (not executed: ${missing})`;

const CAP_SYS_RESOURCE = 24n;
const held = BigInt(`0x${/CapBnd:\s*(\w+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0'}`);
/** Without it the kernel lets nobody grow a mounted ext4; the real resize2fs then does it with the file system unmounted for that moment. */
const growsMounted = ((held >> CAP_SYS_RESOURCE) & 1n) === 1n;

const OFFLINE_RESIZE = `#!/bin/sh
set -eu
point=$(findmnt -n -o TARGET -S "$1")
umount "$point"
e2fsck -f -p "$1" || true
/usr/sbin/resize2fs "$1"
mount "$1" "$point"
`;

const DEVICES = `
for n in $(seq 0 31); do [ -e /dev/loop$n ] || mknod /dev/loop$n b 7 $n; done
[ -e /dev/loop-control ] || mknod /dev/loop-control c 10 237
`;

/** The kernel keeps the partitions of a loop device beyond its end, and beyond that of a node that died. */
const FORGET = `
forget() { for n in 1 2; do delpart $1 $n 2>/dev/null || true; rm -f $1"p"$n; done; }
`;

/** A disk of the node's own: a file behind a loop device, which the kernel sees as any other disk. */
describe.skipIf(why !== '')(`growing file systems on a node${why}`, () => {
  let node: ManagedNode;

  beforeAll(async () => {
    node = await bootNode({ name: 'grower', instanceId: 'i-0000000000000000d' });
    await shell(node, `${DEVICES} mkdir -p /srv/data`);
    if (!growsMounted)
      await shell(node, `cat > /usr/local/sbin/resize2fs <<'TEXT'\n${OFFLINE_RESIZE}TEXT\nchmod +x /usr/local/sbin/resize2fs`);
  });
  afterEach(() => node && detach());
  afterAll(() => node?.destroy());

  const detach = () =>
    shell(
      node,
      `${FORGET} while mountpoint -q /srv/data; do umount -R /srv/data; done
      for loop in $(losetup -n -O NAME -j /run/disk); do forget $loop; losetup -d $loop; done; rm -f /run/disk /run/extra`,
    );
  const grow = (Path = '/srv/data') => runDocument(node, script, { Path });
  const size = async () => Number(await shell(node, 'set -- $(stat -f -c "%b %S" /srv/data); echo $(($1 * $2))'));

  /** Mounts a new file system on a whole disk; gives the device. */
  const wholeDisk = (kind: string, megabytes: number, options = 'rw', made = '', then = 'true') =>
    shell(
      node,
      `truncate -s ${megabytes}M /run/disk; loop=$(losetup -f --show /run/disk); mkfs.${kind} -q ${made} $loop >&2; ${then}
      mount -o ${options} $loop /srv/data; echo $loop`,
    );
  /** Mounts a new file system on the given partition of a new disk, with others as sfdisk lines. */
  const partitioned = (kind: string, megabytes: number, table: string, number = 1, label = 'gpt') =>
    shell(
      node,
      `${FORGET} truncate -s ${megabytes}M /run/disk; printf '%s\\n' 'label: ${label}' ${table} | sfdisk -q /run/disk
      loop=$(losetup -f --show /run/disk); forget $loop; partx -a $loop
      for part in /sys/class/block/\${loop#/dev/}/\${loop#/dev/}p*; do rm -f /dev/\${part##*/}; mknod /dev/\${part##*/} b $(tr : ' ' < $part/dev); done
      mkfs.${kind} -q $loop"p"${number} >&2; mount $loop"p"${number} /srv/data; echo $loop`,
    );
  const enlarge = (loop: string, megabytes: number) => shell(node, `truncate -s ${megabytes}M /run/disk; losetup -c ${loop}`);

  it.each([
    { kind: 'xfs', from: 320, to: 420 },
    { kind: 'ext4', from: 40, to: 80 },
  ])('gives $kind on a whole disk all of its room, once', async ({ kind, from, to }) => {
    const loop = await wholeDisk(kind, from);
    await shell(node, 'echo kept > /srv/data/file');
    const before = await size();
    await enlarge(loop, to);

    const result = await grow();

    expect(result.stdout).toMatch(new RegExp(`GREW: /srv/data from ${before} to ${await size()} bytes`));
    expect(result.exitCode).toBe(0);
    expect((await size()) - before).toBeGreaterThan((to - from - 10) * 1_048_576);
    expect(await shell(node, 'cat /srv/data/file')).toBe('kept');
    expect(await grow()).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('UNCHANGED: /srv/data') });
  });

  it('grows the partition first, then the file system on it, though the file system is full', async () => {
    const loop = await partitioned('xfs', 330, "',,L'");
    await shell(node, 'dd if=/dev/zero of=/srv/data/full bs=1M status=none || true');
    const before = await size();
    await enlarge(loop, 430);

    const result = await grow();

    expect(result.stdout).toContain('CHANGED: partition=1');
    expect(result.stdout).toContain('GREW: /srv/data');
    expect((await size()) - before).toBeGreaterThan(90 * 1_048_576);
    expect(await grow()).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/NOCHANGE[\s\S]*UNCHANGED/) });
  });

  it('grows the last partition and leaves one alone that another follows', async () => {
    const loop = await partitioned('xfs', 700, "',320M,L' ',,L'", 2);
    await enlarge(loop, 800);
    expect((await grow()).stdout).toContain('GREW: /srv/data');
    await shell(node, `umount /srv/data; mkfs.xfs -q -f ${loop}p1; mount ${loop}p1 /srv/data`);
    const before = await size();

    expect(await grow()).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('UNCHANGED') });
    expect(await size()).toBe(before);
  });

  it('finishes what a run left that was killed between partition and file system', async () => {
    const loop = await partitioned('xfs', 330, "',,L'");
    await enlarge(loop, 430);
    await shell(node, `TMPDIR=/run growpart ${loop} 1`);

    expect(await grow()).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/NOCHANGE[\s\S]*GREW/) });
  });

  it('finishes it though growpart warns before it says that nothing is to change', async () => {
    const loop = await partitioned('xfs', 330, "',,L'", 1, 'dos');
    await enlarge(loop, 430);
    await shell(
      node,
      `TMPDIR=/run growpart ${loop} 1
      printf '#!/bin/sh\\necho "WARNING: MBR/dos partitioned disk is larger than 2TB." >&2; exec /usr/bin/growpart "$@"\\n' > /usr/local/sbin/growpart
      chmod +x /usr/local/sbin/growpart`,
    );

    const result = await grow().finally(() => shell(node, 'rm /usr/local/sbin/growpart'));

    expect(result).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/WARNING[\s\S]*NOCHANGE[\s\S]*GREW/) });
  });

  it('changes nothing when the disk has not grown', async () => {
    await wholeDisk('ext4', 40);
    const before = await size();
    expect(await grow()).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('UNCHANGED') });
    expect(await size()).toBe(before);
  });

  it('lets two runs at once come to one end', async () => {
    const loop = await wholeDisk('xfs', 320);
    await enlarge(loop, 420);
    const results = await Promise.all([grow(), grow()]);
    expect(results.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
    expect(results.filter(({ stdout }) => stdout.includes('GREW'))).toHaveLength(1);
  });

  // The wait is cut down from twenty seconds to one.
  it('waits no longer than its time for another run', async () => {
    await wholeDisk('ext4', 40);
    const holder = await shell(
      node,
      `mkdir -p /run/self-healing
      setsid sh -c 'exec 9>/run/self-healing/grow-file-system.lock; /usr/bin/flock 9; exec sleep 50' >/dev/null 2>&1 & echo $!
      printf '#!/bin/sh\\nexec /usr/bin/flock -w 1 "$3"\\n' > /usr/local/sbin/flock; chmod +x /usr/local/sbin/flock
      while /usr/bin/flock -n /run/self-healing/grow-file-system.lock true; do sleep 0.05; done`,
    );
    const result = await grow().finally(() => shell(node, `rm /usr/local/sbin/flock; kill ${holder}`));
    expect(result).toMatchObject({ exitCode: 12 });
    expect(await grow()).toMatchObject({ exitCode: 0 });
  });

  it.each([
    ['is no mount point', 'true', '/srv/other', 'not a mount point'],
    ['is mounted read-only', 'mount -o remount,ro /srv/data', '/srv/data', 'read-only'],
    ['is another file system', 'mount -t tmpfs tmpfs /srv/data', '/srv/data', 'is tmpfs'],
    ['is the root of the node, an overlay', 'true', '/', '/ is overlay'],
    ['shows a folder only', 'mkdir /srv/data/in; mount --bind /srv/data/in /srv/data', '/srv/data', 'only the folder /in'],
  ])('refuses what %s', async (_, prepare, path, reason) => {
    const loop = await wholeDisk('ext4', 40);
    await shell(node, prepare);
    await enlarge(loop, 80);
    const result = await grow(path);
    expect(result.stdout).toMatch(/^REFUSED: /);
    expect(result.stdout).toContain(reason);
    expect(result.exitCode).toBe(11);
  });

  it.each([
    ['in which the kernel has noted errors', '', 'debugfs -w -R "set_super_value state 2" $loop 2>/dev/null', 'noted errors'],
    ['that is grown unmounted alone', '-O sparse_super2,^resize_inode', 'true', 'sparse_super2'],
    ['whose header cannot be read', '', 'ln -sf /bin/false /usr/local/sbin/dumpe2fs', 'dumpe2fs cannot read'],
  ])('refuses an ext4 %s, before money is spent on its disk', async (_, made, then, reason) => {
    const loop = await wholeDisk('ext4', 40, 'rw', made, then);
    await enlarge(loop, 80);
    try {
      for (const LookOnly of ['true', 'false'])
        expect(await runDocument(node, script, { Path: '/srv/data', LookOnly })).toMatchObject({
          exitCode: 11,
          stdout: expect.stringMatching(new RegExp(`^REFUSED: .*${reason}`)),
        });
    } finally {
      await shell(node, 'rm -f /usr/local/sbin/dumpe2fs');
    }
  });

  // The kernel's tree of devices is the host's, so another one is put in its place.
  it.each([
    ['on the device mapper', 'mkdir dm', 'device mapper'],
    ['on a software RAID', 'mkdir md', 'software RAID'],
    ['on a device that is smaller than it', 'echo 8 > size', 'is smaller than its file system'],
    [
      'on a device that is not there',
      'cd /run/tree; mv loop* gone; ln -sfn /run/tree/gone /sys/dev/block/$number',
      '/dev/gone is not there',
    ],
  ])('refuses a file system %s', async (_, make, reason) => {
    const loop = await wholeDisk('ext4', 40);
    await shell(
      node,
      `number=$(findmnt -n -o MAJ:MIN /srv/data | tr -d ' '); tree=/run/tree/${loop.slice('/dev/'.length)}; mkdir -p $tree
      mount -t tmpfs tmpfs /sys/dev/block; ln -s $tree /sys/dev/block/$number; cd $tree; ${make}`,
    );
    const result = await grow().finally(() => shell(node, 'umount /sys/dev/block; rm -r /run/tree'));
    expect(result).toMatchObject({ exitCode: 11, stdout: expect.stringMatching(/^REFUSED: /) });
    expect(result.stdout).toContain(reason);
  });

  describe('looking only, which grow-volume has it do', () => {
    const look = (Path = '/srv/data') => runDocument(node, script, { Path, LookOnly: 'true' });

    it.each([
      ['a whole disk', () => wholeDisk('ext4', 40)],
      ['the last partition', () => partitioned('xfs', 700, "',320M,L' ',,L'", 2)],
    ])('says that %s could use more, and changes nothing', async (_, make) => {
      const loop = await make();
      const before = await size();
      await enlarge(loop, 800);
      const { exitCode, stdout } = await look();
      expect(exitCode).toBe(0);
      const [, disk, total, unused] = /^CAN GROW: \/srv\/data is .*, disk (\S+) of (\d+) bytes, (\d+) unused$/m.exec(stdout) ?? [];
      expect([disk, total]).toEqual([loop.replace('/dev/', ''), String(800 * 2 ** 20)]);
      // The last partition lies behind another one of 320 MiB.
      expect(Number(unused)).toBeGreaterThan(60 * 2 ** 20);
      expect(Number(unused)).toBeLessThanOrEqual(Number(total) - before);
      expect(await size()).toBe(before);
    });

    it.each(['', '_1'])('names the volume by the link that udev makes for it, ending in "%s"', async (end) => {
      const loop = await wholeDisk('ext4', 40);
      const byId = '/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_vol';
      await shell(node, `mkdir -p /dev/disk/by-id; ln -s ../../nowhere ${byId}0000; ln -s ${loop} ${byId}0123456789abcdef0${end}`);
      const result = await look().finally(() => shell(node, 'rm -r /dev/disk/by-id'));
      expect(result.stdout).toMatch(/, disk vol0123456789abcdef0 of 41943040 bytes, \d+ unused$/m);
    });

    it.each([
      [
        'a partition that another one follows',
        () => partitioned('xfs', 700, "',320M,L' ',,L'", 1),
        '/srv/data',
        'another partition follows',
      ],
      [
        'a partition that growpart could not grow',
        async () => {
          const loop = await partitioned('xfs', 330, "',,L'");
          await shell(node, 'mv /usr/sbin/sfdisk /usr/sbin/sfdisk.away');
          return loop;
        },
        '/srv/data',
        'growpart could not grow partition 1 of /dev/loop',
      ],
      ['what is no file system of its own', () => wholeDisk('ext4', 40), '/', '/ is overlay'],
    ])('refuses %s', async (_, make, path, why) => {
      await make();
      const result = await look(path).finally(() =>
        shell(node, 'if [ -e /usr/sbin/sfdisk.away ]; then mv /usr/sbin/sfdisk.away /usr/sbin/sfdisk; fi'),
      );
      expect(result).toMatchObject({ exitCode: 11, stdout: expect.stringContaining(why) });
    });

    it('tells where an ext4 that counts by 32 bits ends, and refuses a disk that is larger already', async () => {
      const loop = await wholeDisk('ext4', 40, 'rw', '-b 4096 -O ^64bit');
      expect(await look()).toMatchObject({
        exitCode: 0,
        stdout: expect.stringMatching(
          / unused\nAT MOST: the file system \(ext4 without 64bit\) of \S+ has no room beyond 17592186044416 bytes\n$/,
        ),
      });
      await shell(node, `truncate -s 17T /run/disk; losetup -c ${loop}`);
      expect(await look()).toMatchObject({ exitCode: 11, stdout: expect.stringContaining('(ext4 without 64bit) of /srv/data') });
    });

    it('tells where a partition table of 32 bits ends, and refuses a disk that is larger already', async () => {
      const loop = await partitioned('xfs', 330, "',,L'", 1, 'dos');
      expect(await look()).toMatchObject({
        exitCode: 0,
        stdout: expect.stringMatching(
          / unused\nAT MOST: the partition table \(MBR\) of disk \S+ has no room beyond 2199023255552 bytes\n$/,
        ),
      });
      await shell(node, `truncate -s 2T /run/disk; losetup -c ${loop}`);
      expect(await look()).toMatchObject({ exitCode: 11, stdout: expect.stringContaining('(MBR) of disk loop') });
    });
  });

  it.each(['', 'srv', '/srv/', '/srv/../etc', '//srv', '/srv;id', '/srv/$(id)', '/srv/a b'])('refuses the path %j', async (path) => {
    expect(await grow(path)).toMatchObject({ exitCode: 10, stdout: expect.stringMatching(/^REFUSED: SSM_Path/) });
  });

  it('names the tool that is missing, and changes nothing', async () => {
    const loop = await wholeDisk('xfs', 320);
    await enlarge(loop, 420);
    const before = await size();
    await shell(node, 'mkdir -p /run/extra; mount --bind /run/extra /usr/sbin');
    const result = await grow().finally(() => shell(node, '/bin/umount /usr/sbin; rmdir /run/extra'));
    expect(result).toMatchObject({ exitCode: 15, stdout: expect.stringContaining('xfs_growfs is missing') });
    expect(await size()).toBe(before);
  });

  it('reports why resize2fs did not, and not what it said besides', async () => {
    await wholeDisk('ext4', 40);
    await shell(
      node,
      `printf '%s\\n' '#!/bin/sh' 'echo "resize2fs: Permission denied to resize filesystem"; echo old_desc_blocks = 1; exit 1' > /usr/local/sbin/resize2fs.no
      [ ! -e /usr/local/sbin/resize2fs ] || mv /usr/local/sbin/resize2fs /usr/local/sbin/resize2fs.own
      mv /usr/local/sbin/resize2fs.no /usr/local/sbin/resize2fs; chmod +x /usr/local/sbin/resize2fs`,
    );
    const result = await grow().finally(() =>
      shell(
        node,
        'rm /usr/local/sbin/resize2fs; [ ! -e /usr/local/sbin/resize2fs.own ] || mv /usr/local/sbin/resize2fs.own /usr/local/sbin/resize2fs',
      ),
    );
    expect(result).toMatchObject({ exitCode: 13, stdout: expect.stringContaining('ended with 1: resize2fs: Permission denied') });
  });

  it('reports what the tool says when it fails', async () => {
    await wholeDisk('xfs', 320);
    await shell(node, "printf '#!/bin/sh\\necho no room; exit 3\\n' > /usr/local/sbin/xfs_growfs; chmod +x /usr/local/sbin/xfs_growfs");
    const result = await grow().finally(() => shell(node, 'rm /usr/local/sbin/xfs_growfs'));
    expect(result).toMatchObject({
      exitCode: 13,
      stdout: expect.stringContaining('FAILED: growing the file system ended with 3: no room'),
    });
  });
});
