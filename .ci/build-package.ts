/** Builds what `npm pack` puts into the package, into `dist/`: compiled library, documents, bundled functions, and the command. */
import { execFileSync } from 'node:child_process';
import { cpSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { registry } from '../lambdas/remediators/registry.ts';

const root = join(import.meta.dirname, '..');
const dist = join(root, 'dist');

/** In declarations the compiler leaves the sources' names, for which not every tool finds the declarations. */
function nameCompiledFiles(): void {
  for (const file of globSync(join(dist, '**/*.d.ts'))) {
    const declarations = readFileSync(file, 'utf8');
    writeFileSync(file, declarations.replaceAll(/((?:from |import\()['"]\.[^'"]*)\.ts(?=['"])/g, '$1.js'));
  }
}

/**
 * Says in the declarations what parameters of remedies are for. The compiler leaves out comments within a call, such as that of
 * `z.strictObject`, and editors of users have nothing else to show.
 */
function commentParameters(): void {
  const folder = join(dist, 'lambdas/remediators');
  const written = readFileSync(join(folder, 'registry.d.ts'), 'utf8');
  const opening = /^ {4}readonly (\w+): /m;
  const [head = '', ...parts] = written.split(/^(?= {4}readonly \w+: )/m);
  const commented = parts.map((part) => {
    const remediator = registry[(opening.exec(part)?.[1] ?? '') as keyof typeof registry];
    return withComments(part, readFileSync(join(root, `lambdas/remediators/${remediator.name}.ts`), 'utf8'));
  });
  writeFileSync(join(folder, 'registry.d.ts'), [head, ...commented].join(''));
}

/** Puts the comments of a schema's properties before the same properties of its type, where it is certain which belong together. */
function withComments(declarations: string, source: string): string {
  const comments = [...source.matchAll(/(\/\*\*(?:(?!\*\/)[\s\S])*\*\/)\s*(\w+):/g)];
  const property = /^( +)(\w+): import\("zod"\)/gm;
  const names = [...declarations.matchAll(property)].map(([, , name]) => name);
  const seen = new Map<string, number>();
  return declarations.replaceAll(property, (line, indent: string, name: string) => {
    const own = comments.filter(([, , commented]) => commented === name);
    const position = seen.get(name) ?? 0;
    seen.set(name, position + 1);
    const isCertain = own.length === names.filter((each) => each === name).length;
    return isCertain ? `${indent}${own[position]?.[1]?.replaceAll(/\n +\*/g, `\n${indent} *`)}\n${line}` : line;
  });
}

/** Reads through links, as of a script that two remedies share: npm leaves them out. */
function copyDocuments(): void {
  const documents = join(dist, 'lib/documents');
  mkdirSync(join(documents, 'parts'), { recursive: true });
  for (const file of globSync('**/*.{sh,ps1}', { cwd: join(root, 'lib/documents') }))
    writeFileSync(join(documents, file), readFileSync(join(root, 'lib/documents', file)));
}

/** Has all that it imports in itself, so that the package needs none of it. */
async function bundleCommand(): Promise<void> {
  await build({
    entryPoints: [join(root, 'bin/heal.ts')],
    outfile: join(dist, 'bin/self-healing-pipeline.js'),
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    mainFields: ['module', 'main'],
    legalComments: 'none',
    // Packages that are CommonJS inside ask for modules of Node.js in their own way.
    banner: { js: "import { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);" },
  });
}

rmSync(dist, { recursive: true, force: true });
execFileSync(join(root, 'node_modules/.bin/tsc'), ['--project', join(root, 'tsconfig.package.json')], { stdio: 'inherit' });
nameCompiledFiles();
commentParameters();
copyDocuments();
await bundleCommand();
const bundles = execFileSync(process.execPath, [join(root, 'bundling/start.ts')], {
  stdio: ['ignore', 'pipe', 'inherit'],
  encoding: 'utf8',
});
cpSync(bundles, join(dist, 'functions'), { recursive: true });
