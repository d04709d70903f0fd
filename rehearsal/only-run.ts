import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startTimeOf } from '@self-healing/local-aws/ministack/leftovers.ts';

interface Run {
  readonly pid: number;
  /** A process id alone may belong to somebody else by now. */
  readonly start: string | undefined;
}

/** The run is refused, and the message says what to do; no defect. */
export class RunRefused extends Error {}

/**
 * Refuses to run beside another rehearsal that writes into the same folder, whose results it would overwrite.
 * The answer gives the place free again; a run that died has given it free by dying.
 */
export function beTheOnlyRun(outFolder: string): () => void {
  const file = join(outFolder, 'running.json');
  const other = recorded(file);
  if (other !== undefined && startTimeOf(other.pid) === other.start) {
    throw new RunRefused(
      `another rehearsal writes into ${outFolder}, as process ${other.pid}; wait for it, end it with "kill -INT ${other.pid}", or name another folder with --out`,
    );
  }
  mkdirSync(outFolder, { recursive: true });
  writeFileSync(file, JSON.stringify({ pid: process.pid, start: startTimeOf(process.pid) } satisfies Run));
  return () => rmSync(file, { force: true });
}

function recorded(file: string): Run | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Run;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' || error instanceof SyntaxError) return undefined;
    throw error;
  }
}
