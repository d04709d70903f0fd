import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { runFolderFor } from '@self-healing/local-aws/ministack/leftovers.ts';

/** The kernel's number for an established connection. */
const ESTABLISHED = '01';

/**
 * Kills the function instance that holds this end of a connection, as happens to a Lambda whose host dies: nothing in it gets
 * a chance to tidy up. Returns the name of the function, or undefined when the caller is no function of this local AWS.
 */
export function killCaller(port: number, upstreamPort: number): string | undefined {
  const inode = inodeOf(port);
  if (inode === undefined) return undefined;
  const program = `${runFolderFor(upstreamPort)}/ministack-lambda-`;
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    const part = commandLine(pid).find((each) => each.startsWith(program));
    if (part === undefined || !holds(pid, inode)) continue;
    process.kill(Number(pid), 'SIGKILL');
    return /ministack-lambda-(.+)-[^-/]+\//.exec(part)?.[1] ?? part;
  }
  return undefined;
}

/** The inode of the socket whose local end is this port on 127.0.0.1. */
function inodeOf(port: number): string | undefined {
  const end = `0100007F:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const lines = readFileSync('/proc/net/tcp', 'utf8').split('\n');
  const fields = lines.map((line) => line.trim().split(/\s+/)).find((line) => line[1] === end && line[3] === ESTABLISHED);
  return fields?.[9];
}

function commandLine(pid: string): readonly string[] {
  return unlessGone(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')) ?? [];
}

function holds(pid: string, inode: string): boolean {
  const folder = `/proc/${pid}/fd`;
  const open = unlessGone(() => readdirSync(folder)) ?? [];
  return open.some((descriptor) => unlessGone(() => readlinkSync(`${folder}/${descriptor}`)) === `socket:[${inode}]`);
}

/** Processes and descriptors end while they are looked at. */
function unlessGone<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ESRCH') return undefined;
    throw error;
  }
}
