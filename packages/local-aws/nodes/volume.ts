import { spawnSync } from 'node:child_process';
import { existsSync, truncateSync, writeFileSync } from 'node:fs';
import type { NodeFolder } from './node-folder.ts';

const GIBIBYTE = 1_073_741_824;

/** What a node with a volume needs on this machine, and the Debian package that has it. */
export const VOLUME_TOOLS = { programs: ['/usr/sbin/mkfs.xfs', '/usr/sbin/xfs_growfs'], package: 'xfsprogs' } as const;

const LOOP_LOCK = '/run/self-healing-rehearsal-loop.lock';

/** Makes device nodes that a container lacks, also of the next devices, as somebody else may take this one; the numbers are those that Linux has given to loop devices for good. */
const FIND_DEVICE = `[ -e /dev/loop-control ] || mknod /dev/loop-control c 10 237
device=$(losetup --find)
number=\${device#/dev/loop}
for each in $(seq "$number" $((number + 7))); do [ -e "/dev/loop$each" ] || mknod "/dev/loop$each" b 7 "$each"; done`;

/**
 * Makes a disk of its own for a node: a sparse file behind a loop device, which the kernel sees as any other disk, with xfs. The
 * device goes when the disk is unmounted. An xfs takes its bookkeeping, some 65 MB, at once, and otherwise what is written.
 */
export function mountNewVolume(folder: NodeFolder, gibibytes: number): void {
  writeFileSync(folder.volume, '');
  truncateSync(folder.volume, gibibytes * GIBIBYTE);
  run('mkfs.xfs', '-q', folder.volume);
  alone(`${FIND_DEVICE}\nmount -t xfs -o loop "$1" "$2"`, folder.volume, folder.disk);
}

/** The device of a node's volume; none when its disk is memory. */
export function volumeDevice(folder: NodeFolder): string | undefined {
  if (!existsSync(folder.volume)) return undefined;
  const device = run('losetup', '--noheadings', '--output', 'NAME', '--associated', folder.volume);
  if (device === '') throw new Error(`the volume of ${folder.base} has no device`);
  return device;
}

/** Makes the disk larger while it is in use; the file system on it stays as it is. */
export function growVolume(folder: NodeFolder, gibibytes: number): void {
  const device = volumeDevice(folder);
  if (device === undefined) throw new Error(`the disk of ${folder.base} is no volume`);
  truncateSync(folder.volume, gibibytes * GIBIBYTE);
  run('losetup', '--set-capacity', device);
}

/**
 * The device that the kernel gives next. In a container its node may be missing under /dev.
 *
 * @throws Error when the kernel gives no loop devices
 */
export function nextLoopDevice(): string {
  return alone(`${FIND_DEVICE}\necho "$device"`);
}

/** Two that look for a free device at once would be given the same one. */
function alone(script: string, ...parameters: readonly string[]): string {
  return run('flock', LOOP_LOCK, 'sh', '-euc', script, 'sh', ...parameters);
}

function run(program: string, ...parameters: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync(program, parameters, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} ${parameters.join(' ')} failed: ${error?.message ?? stderr.trim()}`);
  return stdout.trim();
}
