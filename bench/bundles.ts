import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleFunctions } from '../bundling/bundle-functions.ts';
import { functionEntries } from '../bundling/function-entries.ts';

export interface BundleSize {
  readonly name: string;
  /** Of all its scripts, without their source maps, whether they are loaded at once or when they are first used. */
  readonly bytes: number;
}

/** Bundles every function into a folder, which the caller removes. */
export async function bundleAll(): Promise<{ readonly folder: string; readonly remove: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-functions-'));
  await bundleFunctions(functionEntries(), folder);
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** The size of each bundle of a folder, the largest first. */
export async function bundleSizes(folder: string): Promise<readonly BundleSize[]> {
  const names = await readdir(folder);
  const sizes = names.map(async (name) => ({ name, bytes: await scriptBytes(join(folder, name)) }));
  return (await Promise.all(sizes)).toSorted((a, b) => b.bytes - a.bytes);
}

async function scriptBytes(folder: string): Promise<number> {
  const scripts = (await readdir(folder)).filter((file) => file.endsWith('.js'));
  const sizes = await Promise.all(scripts.map(async (file) => (await stat(join(folder, file))).size));
  return sizes.reduce((sum, bytes) => sum + bytes, 0);
}
