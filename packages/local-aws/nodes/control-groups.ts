import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync } from 'node:fs';

/** Where systemd keeps its tree: the unified hierarchy, or the two of a hybrid or legacy machine. */
const HIERARCHIES = ['/sys/fs/cgroup/unified', '/sys/fs/cgroup/systemd', '/sys/fs/cgroup'] as const;

/** Every hierarchy in which systemd inside a node places its units. */
export function hierarchies(): readonly string[] {
  return HIERARCHIES.filter((path) => existsSync(`${path}/cgroup.procs`));
}

/**
 * Gives a node control groups of its own. Without them all nodes would share one tree, and systemd in one node would count,
 * and kill, the processes of its neighbours.
 */
export function createControlGroups(unitName: string): readonly string[] {
  const paths = hierarchies().map((hierarchy) => `${hierarchy}/${unitName}`);
  for (const path of paths) mkdirSync(path, { recursive: true });
  return paths;
}

/** Process ids, as the host sees them, in one control group itself. A 0 stands for a process that we cannot see, and must never be killed: 0 means ourselves. */
export function processesIn(path: string): readonly number[] {
  try {
    return readFileSync(`${path}/cgroup.procs`, 'utf8')
      .split('\n')
      .map(Number)
      .filter((pid) => pid > 0);
  } catch (error) {
    if (isGone(error)) return [];
    throw error;
  }
}

/** Deepest first, as a control group can only be removed when it has no children. */
function treeOf(path: string): readonly string[] {
  const children = subfolders(path);
  return children === undefined ? [] : [...children.flatMap((child) => treeOf(`${path}/${child}`)), path];
}

/** Undefined for a control group that is gone, which may happen while it is looked at. */
function subfolders(path: string): readonly string[] | undefined {
  try {
    const entries = readdirSync(path, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}

/** Ends everything that runs in a node's control groups; harmless when nothing does. */
export function killControlGroups(unitName: string): void {
  for (const hierarchy of hierarchies()) {
    for (const path of treeOf(`${hierarchy}/${unitName}`)) {
      for (const pid of processesIn(path)) killQuietly(pid);
    }
  }
}

export function removeControlGroups(unitName: string): void {
  for (const hierarchy of hierarchies()) {
    for (const path of treeOf(`${hierarchy}/${unitName}`)) removeGroup(path);
  }
}

function removeGroup(path: string): void {
  try {
    rmdirSync(path);
  } catch (error) {
    if (!isGone(error)) throw error;
  }
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function isGone(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENODEV');
}
