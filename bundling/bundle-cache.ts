import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';

/** What nobody has used for so long is removed, in milliseconds. */
const KEPT_FOR_MS = 7 * 24 * 3_600_000;

/** Everything that bundles are made from. npm writes the list of the packages that are installed, whatever the lock file says. */
const SOURCES = [
  'lambdas/**/*.ts',
  'bundling/*.ts',
  'lib/function-entry.ts',
  'package.json',
  'tsconfig.json',
  'node_modules/.package-lock.json',
];

/**
 * The folder of bundles that were made of just these sources and packages, by any process; where there is none, `make` fills it. It
 * appears as a whole, so that neither a process that dies nor another one that does the same leaves half of it.
 */
export async function cachedBundles(root: string, make: (folder: string) => Promise<void>): Promise<string> {
  const cache = join(root, 'node_modules/.cache/self-healing-pipeline');
  const folder = join(cache, `functions-${digestOf(root)}`);
  if (!existsSync(folder)) {
    mkdirSync(cache, { recursive: true });
    removeOld(cache);
    const draft = mkdtempSync(join(cache, 'draft-'));
    try {
      await make(draft);
      place(draft, folder);
    } finally {
      rmSync(draft, { recursive: true, force: true });
    }
  }
  const now = new Date();
  utimesSync(folder, now, now);
  return folder;
}

function digestOf(root: string): string {
  const digest = createHash('sha256');
  for (const file of globSync(SOURCES, { cwd: root }).toSorted()) {
    const content = readFileSync(join(root, file));
    digest.update(`${file}\0${content.length}\0`).update(content);
  }
  return digest.digest('hex').slice(0, 32);
}

function place(draft: string, folder: string): void {
  try {
    renameSync(draft, folder);
  } catch (error) {
    // Another process was faster, with the same bundles.
    if (!existsSync(folder)) throw error;
  }
}

function removeOld(cache: string): void {
  for (const name of readdirSync(cache)) {
    const path = join(cache, name);
    const age = Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (age > KEPT_FOR_MS) rmSync(path, { recursive: true, force: true });
  }
}
