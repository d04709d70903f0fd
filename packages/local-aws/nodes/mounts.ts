import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Mount points at or below a folder, innermost first, as they have to be unmounted. */
export function mountsBelow(folder: string, mountinfo: string = readFileSync('/proc/self/mountinfo', 'utf8')): readonly string[] {
  return mountinfo
    .split('\n')
    .map((line) => unescapeMountPoint(line.split(' ')[4] ?? ''))
    .filter((path) => path === folder || path.startsWith(`${folder}/`))
    .reverse();
}

/** The kernel writes space, tab, newline and backslash in mount points as octal escapes. */
function unescapeMountPoint(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}

export function mount(arguments_: readonly string[]): void {
  const { status, stderr } = spawnSync('mount', [...arguments_], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`mount ${arguments_.join(' ')} failed: ${stderr.trim()}`);
}

/** Grows a tmpfs while it is in use; what it holds stays. */
export function growTemporaryDisk(folder: string, megabytes: number): void {
  mount(['-o', `remount,size=${megabytes}m`, folder]);
}

/**
 * Unmounts what is mounted at or below a path. Detaches lazily when something still holds it for an instant, such as a probe
 * that is being answered: the mount is gone for everyone else at once, and its memory when the last user ends.
 */
export function unmount(folder: string): void {
  for (const path of mountsBelow(folder)) {
    if (spawnSync('umount', [path]).status === 0) continue;
    const { status, stderr } = spawnSync('umount', ['--lazy', path], { encoding: 'utf8' });
    // Another run may be cleaning up the same leftovers.
    if (status !== 0 && mountsBelow(path).includes(path)) throw new Error(`umount ${path} failed: ${stderr.trim()}`);
  }
}
