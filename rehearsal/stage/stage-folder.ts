import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { workFolder } from '@self-healing/local-aws/work-folder.ts';

/** A folder of this run alone for the cloud assembly and its copy; those of runs that died are removed. */
export async function makeStageFolder(): Promise<string> {
  await mkdir(workFolder, { recursive: true });
  for (const name of await readdir(workFolder)) {
    const [, owner] = /^stage-(\d+)-/.exec(name) ?? [];
    if (owner !== undefined && !existsSync(`/proc/${owner}`)) await rm(join(workFolder, name), { recursive: true, force: true });
  }
  return mkdtemp(join(workFolder, `stage-${process.pid}-`));
}
