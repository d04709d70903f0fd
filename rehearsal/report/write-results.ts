import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { reportPage } from './report-page.ts';
import type { RehearsalResult } from './scenario-result.ts';

/** Where the two files are. */
export interface WrittenResults {
  readonly json: string;
  readonly page: string;
}

/** Writes `result.json` and `report.html`. A reader sees the old file or the new one, never half of it. */
export async function writeResults(result: RehearsalResult, folder: string): Promise<WrittenResults> {
  await mkdir(folder, { recursive: true });
  const written = { json: join(folder, 'result.json'), page: join(folder, 'report.html') };
  await writeWhole(written.json, `${JSON.stringify(result, undefined, 2)}\n`);
  await writeWhole(written.page, reportPage(result));
  return written;
}

async function writeWhole(path: string, content: string): Promise<void> {
  const unfinished = `${path}.${process.pid}.tmp`;
  await writeFile(unfinished, content);
  await rename(unfinished, path);
}
