import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startTimeOf } from './local-aws/leftovers.ts';
import { workFolder } from './local-aws/work-folder.ts';

const FILE = join(workFolder, 'running.json');

interface Run {
  readonly pid: number;
  /** A process id alone may belong to somebody else by now. */
  readonly start: string | undefined;
}

/** The run is refused, and the message says what to do; no defect. */
export class RunRefused extends Error {}

/**
 * Refuses to run beside another rehearsal of this checkout, whose results in `rehearsal/out` it would overwrite.
 * The answer gives the place free again; a run that died has given it free by dying.
 */
export function beTheOnlyRun(): () => void {
  const other = recorded();
  if (other !== undefined && startTimeOf(other.pid) === other.start) {
    throw new RunRefused(
      `another rehearsal of this checkout is running as process ${other.pid}; wait for it, or end it with: kill -INT ${other.pid}`,
    );
  }
  mkdirSync(workFolder, { recursive: true });
  writeFileSync(FILE, JSON.stringify({ pid: process.pid, start: startTimeOf(process.pid) } satisfies Run));
  return () => rmSync(FILE, { force: true });
}

function recorded(): Run | undefined {
  try {
    return JSON.parse(readFileSync(FILE, 'utf8')) as Run;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' || error instanceof SyntaxError) return undefined;
    throw error;
  }
}
