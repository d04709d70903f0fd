import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { type BuildOptions, build, type Metafile, type Plugin, transform } from 'esbuild';
import { costs } from '../lambdas/remediators/costs.ts';
import { remediatorNamed, remedyNames } from '../lambdas/remediators/registry.ts';
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
 * bundled by one call, which reads every source only once. Functions with parts that are loaded when they are first used follow one by
 * one, in several files: a bundler that cuts all of them at once would cut wherever any two of them differ.
 */
export async function bundleFunctions(entries: readonly FunctionEntry[], folder: string): Promise<void> {
  const plugins = [entryModules(new Map(entries.map((entry) => [bundleName(entry), entry]))), fewerRemedies, leanPackages(root)];
  const names = entries.map(bundleName);
  const { outputFiles, metafile } = await build({
    ...bundleSettings,
    entryPoints: names.map((name) => ({ in: `function:${name}`, out: `${name}/index` })),
    outdir: nominalFolder,
    plugins,
  });
  const inParts = names.filter((name) => loadsLater(metafile, name));
  const parted = await Promise.all(inParts.map((name) => bundleInParts(name, plugins)));
  const whole = outputFiles.filter(({ path }) => !inParts.includes(dirname(relative(nominalFolder, path))));
  for (const { path, contents } of [...whole, ...parted.flat()]) {
    const file = join(folder, relative(nominalFolder, path));
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, contents);
  }
}

/** Whether a source of ours in the function loads another one when it is first used. */
function loadsLater({ inputs, outputs }: Metafile, name: string): boolean {
  const output = outputs[relative(root, join(nominalFolder, name, 'index.js'))];
  const sources = Object.keys(output?.inputs ?? {}).filter((path) => path.startsWith('lambdas/'));
  return sources.some((path) => inputs[path]?.imports.some(({ kind, external }) => kind === 'dynamic-import' && !external));
}

/** What a file imports, directly or not. The bundler also cuts off what only code loads that it then left out. */
function usedFiles({ outputs }: Metafile, entry: string): ReadonlySet<string> {
  const used = new Set([entry]);
  // A set that grows is walked to its end.
  for (const file of used) for (const { path, external } of outputs[file]?.imports ?? []) if (!external) used.add(path);
  return used;
}

interface BundledFile {
  readonly path: string;
  readonly contents: string | Uint8Array;
}

/** Bundles one function with a file for each part. Only ES modules can be cut, so that each becomes CommonJS afterwards. */
async function bundleInParts(name: string, plugins: Plugin[]): Promise<readonly BundledFile[]> {
  const { outputFiles, metafile } = await build({
    ...bundleSettings,
    sourcemap: 'inline',
    format: 'esm',
    splitting: true,
    entryPoints: [{ in: `function:${name}`, out: 'index' }],
    outdir: join(nominalFolder, name),
    chunkNames: '[name]-[hash]',
    plugins,
  });
  const used = usedFiles(metafile, relative(root, join(nominalFolder, name, 'index.js')));
  const files = outputFiles
    .filter(({ path }) => used.has(relative(root, path)))
    .map(async ({ path, text }) => {
      const { code, map } = await transform(text, {
        format: 'cjs',
        platform: bundleSettings.platform,
        target: bundleSettings.target,
        minify: true,
        // By `require`, as everything else: what loads ES modules takes its time to begin.
        supported: { 'dynamic-import': false },
        sourcemap: 'external',
        sourcesContent: false,
        sourcefile: basename(path),
      });
      return [
        { path, contents: `${code}//# sourceMappingURL=${basename(path)}.map\n` },
        { path: `${path}.map`, contents: map },
      ];
    });
  return (await Promise.all(files)).flat();
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

/**
 * Puts into the place of modules that bring all remedies along what finds the same with fewer: known beforehand, or loaded when it is asked
 * for. In the sources they bring them along, since in the simulation nothing may wait for what its clock does not know.
 */
const fewerRemedies: Plugin = {
  name: 'fewer remedies',
  setup({ onLoad }) {
    const replace = (module: string, contents: string) =>
      onLoad({ filter: new RegExp(`[\\\\/]lambdas[\\\\/]remediators[\\\\/]${module}\\.ts$`) }, ({ path }) => ({
        contents,
        resolveDir: dirname(path),
        loader: 'js',
      }));
    const loads = remedyNames.map((name) => `${JSON.stringify(name)}: () => import('./${name}.ts'),`);
    replace('costs', `export const costs = new Map(${JSON.stringify([...costs])});`);
    replace(
      'longest-act-of',
      "export const longestActOf = async (rung) => rung.longest ?? (await import('./longest-of.ts')).longestOf(rung);",
    );
    replace(
      'load-remediator',
      `const loads = { ${loads.join(' ')} };
export const loadRemediator = async (name) => (Object.hasOwn(loads, name) ? (await loads[name]()).remediator : undefined);`,
    );
  },
};

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
