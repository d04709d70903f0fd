import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Everything that nodes leave on the host lies here; clean-up recognises what is ours by this path. */
export const NODES_ROOT = fileURLToPath(new URL('../.work/nodes', import.meta.url));

/** Start time of a process in clock ticks since boot: tells a process from a later one with the same id. */
export function startTicks(pid: number | 'self'): string | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return undefined;
  }
  // The command name in parentheses may hold spaces; start time is field 22, the 20th after it.
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
}

/** Names the run by its process, so that a later run can see whether its owner still lives. */
export function runId(): string {
  return `${process.pid}-${startTicks('self') ?? '0'}`;
}

export function isRunAlive(id: string): boolean {
  const match = /^(\d+)-(\d+)$/.exec(id);
  return match !== null && startTicks(Number(match[1])) === match[2];
}

/** Places of one node on the host. */
export interface NodeFolder {
  /** A tmpfs of its own, since an overlay's upper layer may not lie on the file system it covers. */
  readonly base: string;
  readonly root: string;
  readonly disk: string;
  /** The file that is the volume behind the disk, of a node that has one. */
  readonly volume: string;
  readonly log: string;
  /** Name of the node's control group and of its machine. */
  readonly unitName: string;
}

export function nodeFolder(name: string, run: string = runId()): NodeFolder {
  const base = `${NODES_ROOT}/${run}/${name}`;
  return {
    base,
    root: `${base}/root`,
    disk: `${base}/disk`,
    volume: `${base}/volume`,
    log: `${base}/console.log`,
    unitName: `rehearsal-${run}-${name}`,
  };
}
