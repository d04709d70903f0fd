import { readdirSync, readFileSync } from 'node:fs';
import { readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { workFolder } from '../work-folder.ts';

/** What a running local AWS writes down about itself, so that a later run can end what a killed run left behind. */
export interface RunRecord {
  readonly runFolder: string;
  readonly processGroup: number;
  readonly owner: number;
  /** Start time of the owner in clock ticks since boot; a process id alone may belong to somebody else by now. */
  readonly ownerStart: string;
}

const recordPrefix = 'ministack-run-';

/**
 * Where the functions of one run are unpacked. Outside the project, because Node.js would otherwise find the project's
 * `package.json` and `node_modules` above them, which they do not have on AWS.
 */
export const runFolderFor = (port: number): string => join(tmpdir(), `self-healing-rehearsal-${process.pid}-${port}`);
export const recordFileFor = (port: number): string => join(workFolder, `${recordPrefix}${process.pid}-${port}.json`);

/** Ends the local AWS of every earlier run whose owner is gone, and removes its folder. A run that is alive is left alone. */
export async function removeLeftovers(): Promise<void> {
  const entries = await readdir(workFolder).catch(absent);
  for (const entry of entries.filter((name) => name.startsWith(recordPrefix) && name.endsWith('.json'))) {
    const file = join(workFolder, entry);
    const record = JSON.parse(await readFile(file, 'utf8')) as RunRecord;
    if (startTimeOf(record.owner) === record.ownerStart) continue;
    endGroup(record);
    await rm(record.runFolder, { recursive: true, force: true });
    await rm(file, { force: true });
  }
}

/** Ends every process of the group that names the run's folder in its command line, and no other. */
export function endGroup(record: RunRecord): void {
  for (const pid of membersOf(record)) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
}

/** Start time of a process, from field 22 of `/proc/<pid>/stat`; undefined when there is no such process. */
export function startTimeOf(pid: number): string | undefined {
  return statOf(pid)?.[19];
}

function membersOf(record: RunRecord): readonly number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.map(Number).filter((pid) => Number(statOf(pid)?.[2]) === record.processGroup && belongsTo(pid, record.runFolder));
}

/** MiniStack names the folder in its arguments, its function workers lie in it. */
function belongsTo(pid: number, runFolder: string): boolean {
  return textOf(`/proc/${pid}/cmdline`)?.includes(runFolder) ?? false;
}

/** The fields of `/proc/<pid>/stat` after the name, which may itself contain spaces and brackets. */
function statOf(pid: number): readonly string[] | undefined {
  const text = textOf(`/proc/${pid}/stat`);
  return text?.slice(text.lastIndexOf(')') + 2).split(' ');
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ESRCH') return undefined;
    throw error;
  }
}

function absent(error: NodeJS.ErrnoException): string[] {
  if (error.code === 'ENOENT') return [];
  throw error;
}
