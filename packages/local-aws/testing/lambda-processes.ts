import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runFolderFor } from '../ministack/leftovers.ts';

/**
 * Kills the processes of a deployed function of our own local AWS, as happens to a Lambda whose host dies: nothing in it
 * gets a chance to tidy up. Each function instance is a Node.js process whose program lies in the run's folder.
 */
export function killFunction(functionName: string, upstreamPort: number): number {
  const program = join(runFolderFor(upstreamPort), `ministack-lambda-${functionName}-`);
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && commandLine(name).some((part) => part.startsWith(program)));
  for (const pid of pids) process.kill(Number(pid), 'SIGKILL');
  return pids.length;
}

function commandLine(pid: string): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    // It ended while the list was read.
    return [];
  }
}
