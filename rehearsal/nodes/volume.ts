import { spawnSync } from 'node:child_process';
import { existsSync, truncateSync, writeFileSync } from 'node:fs';
import { mount } from './mounts.ts';
import type { NodeFolder } from './node-folder.ts';

const GIBIBYTE = 1_073_741_824;

/** What a node with a volume needs on this machine, and the Debian package that has it. */
export const VOLUME_TOOLS = { programs: ['/usr/sbin/mkfs.xfs', '/usr/sbin/xfs_growfs'], package: 'xfsprogs' } as const;

/** The numbers that Linux has given to loop devices for good. */
const LOOP_CONTROL = ['c', '10', '237'] as const;
const LOOP_MAJOR = '7';

/**
 * Makes a disk of its own for a node: a sparse file behind a loop device, which the kernel sees as any other disk, with xfs. The
 * device goes when the disk is unmounted. An xfs takes its bookkeeping, some 65 MB, at once, and otherwise what is written.
 */
export function mountNewVolume(folder: NodeFolder, gibibytes: number): void {
  writeFileSync(folder.volume, '');
  truncateSync(folder.volume, gibibytes * GIBIBYTE);
  run('mkfs.xfs', '-q', folder.volume);
  nextLoopDevice();
  mount(['-t', 'xfs', '-o', 'loop', folder.volume, folder.disk]);
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
  if (!existsSync('/dev/loop-control')) run('mknod', '/dev/loop-control', ...LOOP_CONTROL);
  const device = run('losetup', '--find');
  if (!existsSync(device)) run('mknod', device, 'b', LOOP_MAJOR, device.slice('/dev/loop'.length));
  return device;
}

function run(program: string, ...parameters: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync(program, parameters, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} ${parameters.join(' ')} failed: ${error?.message ?? stderr.trim()}`);
  return stdout.trim();
}
