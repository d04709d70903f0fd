import { readFileSync, writeFileSync } from 'node:fs';

/** How many inotify instances one user may have. A node has six or seven, and its root is the machine's root to the kernel. */
const LIMIT_FILE = '/proc/sys/fs/inotify/max_user_instances';

/** For more than a hundred nodes at once; Linux's own 128 are used up by twenty, and the next one does not boot. */
const ENOUGH = 1_024;

/** Raises the limit until the machine is booted again, where it is lower. Returns why that failed, or nothing. */
export function raiseInotifyLimit(): string | undefined {
  const limit = Number(readFileSync(LIMIT_FILE, 'utf8'));
  if (limit >= ENOUGH) return undefined;
  try {
    writeFileSync(LIMIT_FILE, String(ENOUGH));
    return undefined;
  } catch (error) {
    return `${LIMIT_FILE} is ${limit}, which is enough for ${Math.floor(limit / 7)} nodes at once, and could not be raised: ${String(error)}`;
  }
}
