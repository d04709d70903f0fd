import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { type BuildOptions, build, type Plugin } from 'esbuild';
import { remediatorNamed } from '../lambdas/remediators/registry.ts';
import { bundleName, type FunctionEntry } from '../lib/function-entry.ts';
import { leanPackages } from './lean-packages.ts';

const root = join(import.meta.dirname, '..');

/** Source maps name the sources from here, wherever the bundles are written to, so that these are the same on every machine. */
const nominalFolder = join(root, 'dist/functions');

/** How everything that runs on Lambda is bundled. */
export const bundleSettings = {
  absWorkingDir: root,
  bundle: true,
  minify: true,
  write: false,
  metafile: true,
  sourcemap: true,
  sourcesContent: false,
  platform: 'node',
  target: 'node24',
  // Loads faster than ES modules, which are resolved and linked one after the other.
  format: 'cjs',
  // Packages' ES modules first: only those lose what is not used.
  mainFields: ['module', 'main'],
  logLevel: 'warning',
} as const satisfies BuildOptions;

/**
 * Bundles functions, each into a folder of its name: `index.js`, and beside it `index.js.map`, which nothing reads at run time. All are
 * bundled by one call, which reads every source only once.
 */
export async function bundleFunctions(entries: readonly FunctionEntry[], folder: string): Promise<void> {
  const byName = new Map(entries.map((entry) => [bundleName(entry), entry]));
  const { outputFiles } = await build({
    ...bundleSettings,
    entryPoints: [...byName.keys()].map((name) => ({ in: `function:${name}`, out: `${name}/index` })),
    outdir: nominalFolder,
    plugins: [entryModules(byName), leanPackages(root)],
  });
  for (const { path, contents } of outputFiles) {
    const file = join(folder, relative(nominalFolder, path));
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, contents);
  }
}

/** Makes the module with which a function begins. */
function entryModules(byName: ReadonlyMap<string, FunctionEntry>): Plugin {
  return {
    name: 'entry modules',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^function:/ }, ({ path }) => ({ path: path.slice('function:'.length), namespace: 'function' }));
      onLoad({ filter: /./, namespace: 'function' }, ({ path: name }) => {
        const entry = byName.get(name);
        return { contents: entry && entrySource(entry), resolveDir: root, loader: 'ts' };
      });
    },
  };
}

function entrySource({ handler, remediator: name }: FunctionEntry): string {
  const file = `./lambdas/handlers/${handler}.ts`;
  if (name === undefined) return `export { handler } from '${file}';`;
  const ports = Object.keys(remediatorNamed(name)?.ports ?? {});
  return `
import { remediator } from './lambdas/remediators/${name}.ts';
import { ${ports.join(', ')} } from './lambdas/handlers/remedy-ports.ts';
import { handlerOf } from '${file}';
export const handler = handlerOf(remediator, { ${ports.map((port) => `${port}: ${port}()`).join(', ')} });`;
}
