import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cachedBundles } from '../../../bundling/bundle-cache.ts';

let root: string;
let made: number;

const make = async (folder: string): Promise<void> => {
  made += 1;
  writeFileSync(join(folder, 'index.js'), `bundle ${made}`);
};
const bundle = async () => readFileSync(join(await cachedBundles(root, make), 'index.js'), 'utf8');
const cache = () => readdirSync(join(root, 'node_modules/.cache/self-healing-pipeline'));

beforeEach(() => {
  made = 0;
  root = mkdtempSync(join(tmpdir(), 'bundle-cache-'));
  for (const folder of ['lambdas/core', 'bundling', 'lib', 'node_modules']) mkdirSync(join(root, folder), { recursive: true });
  for (const file of ['lambdas/core/decide.ts', 'bundling/start.ts', 'lib/function-entry.ts', 'package.json', 'tsconfig.json'])
    writeFileSync(join(root, file), file);
  writeFileSync(join(root, 'node_modules/.package-lock.json'), 'what is installed');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

describe('bundles of functions', () => {
  it('are made once of the same sources', async () => {
    expect([await bundle(), await bundle()]).toEqual(['bundle 1', 'bundle 1']);
  });

  it.each([
    'lambdas/core/decide.ts',
    'bundling/start.ts',
    'lib/function-entry.ts',
    'package.json',
    'tsconfig.json',
    'node_modules/.package-lock.json',
  ])('are made anew when %s has changed, and are those of before when it is as it was', async (file) => {
    await bundle();
    const before = readFileSync(join(root, file));
    writeFileSync(join(root, file), 'changed');
    expect(await bundle()).toBe('bundle 2');
    writeFileSync(join(root, file), before);
    expect(await bundle()).toBe('bundle 1');
  });

  it('are made anew when a source is added, removed, or renamed', async () => {
    const path = (name: string) => join(root, 'lambdas', name);
    await bundle();
    writeFileSync(path('new.ts'), 'x');
    expect(await bundle()).toBe('bundle 2');
    rmSync(path('new.ts'));
    writeFileSync(path('renamed.ts'), 'x');
    expect(await bundle()).toBe('bundle 3');
  });

  it('leave nothing behind when they cannot be made, and are made the next time', async () => {
    const fails = cachedBundles(root, async (folder) => {
      writeFileSync(join(folder, 'index.js'), 'half');
      throw new Error('no such module');
    });
    await expect(fails).rejects.toThrow('no such module');
    expect(cache()).toEqual([]);
    expect(await bundle()).toBe('bundle 1');
  });

  it('made by two at once are those of one of them, whole', async () => {
    expect(new Set(await Promise.all([bundle(), bundle()])).size).toBe(1);
    expect(cache()).toHaveLength(1);
  });

  it('that nobody used for a week are removed by whoever makes others', async () => {
    const old = await cachedBundles(root, make);
    utimesSync(old, new Date(), new Date(Date.now() - 8 * 86_400_000));
    writeFileSync(join(root, 'lambdas/core/decide.ts'), 'changed');
    const anew = await cachedBundles(root, make);
    expect(cache()).toEqual([basename(anew)]);
  });
});
