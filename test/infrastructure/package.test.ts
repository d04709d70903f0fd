import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { registry } from '../../lambdas/remediators/registry.ts';
import { completeTemplate, inText, resources } from '../support/template.ts';

const root = join(import.meta.dirname, '../..');
const examples = ['complete-stack.ts', 'remedies-with-defaults.ts'];

/** What the package may hold, by folder. */
const allowed = [
  /^(package\.json|README\.md|LICENSE|(CHANGELOG|CONTRIBUTING|SECURITY)\.md)$/,
  /^docs\/((reference|decisions)\/)?[A-Za-z-]+\.md$/,
  /^docs\/images\/[a-z-]+\.svg$/,
  /^docs\/cloudwatch-agent\.json$/,
  /^dist\/(lib|lambdas\/core|lambdas\/diagnostics|lambdas\/remediators)\/([a-z-]+\/)?[a-z0-9-]+\.(js|d\.ts)$/,
  /^dist\/lib\/documents\/(parts\/)?[a-z-]+\.(sh|ps1)$/,
  /^dist\/functions\/[a-z-]+\/(index|[\w$-]+-[0-9A-Z]{8})\.js(\.map)?$/,
  /^dist\/bin\/self-healing-pipeline\.js$/,
];

const app = `
import { App } from 'aws-cdk-lib';
import { Database, Fleet, HealingPipeline, HttpProbe, Remedy, Target } from 'self-healing-pipeline';
import { CompleteStack } from './complete-stack.ts';

const app = new App({ analyticsReporting: false });
const stack = new CompleteStack(app, 'Complete');
export const used = [Database.instance('orders'), Fleet.tagged('Name', 'web'), Target.instance('i-0123456789abcdef0'), Remedy.waitAndSee()];
export const classes = [HealingPipeline, HttpProbe];
// @ts-expect-error
Remedy.restartService();
export const name: string = stack.stackName;
app.synth();
`;

/**
 * Says of every bundle why it does not begin or a part of it cannot be loaded, and how many bytes it loads to begin. That a function has no variables here which only some
 * pipelines set is no such reason: by then it has loaded everything.
 */
const begin = `
const root = __dirname + '/bundles/';
const wrong = {};
const bytes = {};
const names = require('node:fs').readdirSync(root).filter((name) => !name.includes('.'));
for (const name of names)
  try {
    if (typeof require(root + name).handler !== 'function') wrong[name] = 'has no handler';
  } catch (error) {
    if (!/^environment variable \\w+ is not set$/.test(error.message)) wrong[name] = error.message;
  }
const size = (file) => require('node:fs').statSync(file).size;
// What failed is not kept, but what it had loaded is.
for (const name of names) bytes[name] = size(root + name + '/index.js');
for (const file of Object.keys(require.cache).filter((file) => file.startsWith(root) && !file.endsWith('/index.js')))
  bytes[file.slice(root.length).split('/')[0]] += size(file);
// What is loaded later must be loadable, too.
for (const file of require('node:fs').globSync('*/*-*.js', { cwd: root }))
  try {
    require(root + file);
  } catch (error) {
    wrong[file] = error.message;
  }
console.log(JSON.stringify({ wrong, bytes }));
`;

/** The most bytes that a function may load to begin, of those that need more than the others. */
const larger: Readonly<Record<string, number>> = {
  sweep: 496_000,
  triage: 488_000,
  'remediate-restart-instance': 475_000,
  'remediate-replace-instance': 461_000,
  'remediate-move-instance': 453_000,
  'remediate-grow-volume': 438_000,
  'consider-give-back': 436_000,
  'remediate-fail-over-database': 431_000,
  'remediate-reboot-database': 429_000,
  'remediate-grow-storage': 424_000,
  intake: 419_000,
  conclude: 415_000,
  verify: 414_000,
  'remediate-add-capacity': 409_000,
  'report-to-hub': 406_000,
};

interface Packed {
  readonly filename: string;
  readonly size: number;
  readonly unpackedSize: number;
  readonly files: readonly { readonly path: string; readonly size: number }[];
}

/** The oldest Node.js that the package is for, where the machine has one; else the one of the tests. */
function oldestNode(): string {
  const found = (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, 'node'))
    .filter((file) => existsSync(file));
  return found.find((file) => /^v20\./.test(execFileSync(file, ['--version'], { encoding: 'utf8' }))) ?? process.execPath;
}

const node = oldestNode();
const folder = mkdtempSync(join(tmpdir(), 'fresh-app-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const env = { ...process.env, CDK_OUTDIR: join(folder, 'cdk.out') };

function run(file: string, args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(file, args, { cwd: folder, env, encoding: 'utf8', maxBuffer: 100_000_000 });
  if (status !== 0) throw new Error(`${file} ${args.join(' ')}: ${stdout}${stderr}`);
  return stdout + stderr;
}

function link(name: string): void {
  const place = join(folder, 'node_modules', name);
  mkdirSync(dirname(place), { recursive: true });
  symlinkSync(realpathSync(join(root, 'node_modules', name)), place);
}

let packed: Packed;

beforeAll(() => {
  const out = execFileSync('npm', ['pack', '--json', '--pack-destination', folder], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  [packed] = JSON.parse(out);
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'fresh-app', private: true, type: 'module' }));
  // The peers are what an app has already; all else must come from the package's own list.
  run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', '--legacy-peer-deps', `./${packed.filename}`]);
}, 600_000);

describe('the package', () => {
  it('holds what users need, and nothing else', () => {
    const { files, size, unpackedSize } = packed;
    const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;
    console.log(`the package: ${files.length} files, ${megabytes(size)}, unpacked ${megabytes(unpackedSize)}`);
    expect(files.map(({ path }) => path).filter((path) => !allowed.some((pattern) => pattern.test(path)))).toEqual([]);
    expect(size).toBeLessThan(40_000_000);
  });

  it('holds a bundle of every function', () => {
    const bundles = packed.files.flatMap(({ path }) => /^dist\/functions\/([^/]+)\/index\.js$/.exec(path)?.[1] ?? []);
    const sources = join(root, 'lambdas/handlers');
    const handlers = readdirSync(sources)
      .filter((file) => file.endsWith('.ts') && /^export .*\bhandler\b/m.test(readFileSync(join(sources, file), 'utf8')))
      .map((file) => file.replace(/\.ts$/, ''));
    const remedies = Object.values(registry).map(({ name, network }) => `remediate${network ? `-at-${network}` : ''}-${name}`);
    const givingBack = Object.values(registry).flatMap(({ name, giveBack }) => (giveBack ? [`give-back-${name}`] : []));
    const others = handlers.filter((handler) => !handler.startsWith('remediate') && handler !== 'give-back');
    expect(bundles.toSorted()).toEqual([...others, ...remedies, ...givingBack].toSorted());
  });

  it('holds bundles that all begin, and have not grown by what they load for it', () => {
    const variables = [...resources('AWS::Lambda::Function', completeTemplate()).values()].flatMap(({ Properties }) =>
      Object.entries(Properties.Environment?.Variables ?? {}).map(([name, value]) => [name, inText(value)]),
    );
    // A function's own folder says nothing of what a script is, and the package's manifest does.
    cpSync(join(folder, 'node_modules/self-healing-pipeline/dist/functions'), join(folder, 'bundles'), { recursive: true });
    writeFileSync(join(folder, 'bundles/package.json'), '{}');
    writeFileSync(join(folder, 'begin.cjs'), begin);
    const begun = spawnSync(process.execPath, ['begin.cjs'], {
      cwd: folder,
      encoding: 'utf8',
      env: {
        PATH: process.env.PATH,
        AWS_REGION: 'eu-central-1',
        ...Object.fromEntries(variables),
        TOPIC_ARN: 'arn:aws:sns:eu-central-1:111122223333:alerts',
      },
    });
    expect(begun.status).toBe(0);
    const { wrong, bytes } = JSON.parse(begun.stdout) as { readonly wrong: object; readonly bytes: Readonly<Record<string, number>> };
    expect(wrong).toEqual({});
    expect(Object.keys(bytes).length).toBeGreaterThan(30);
    expect(Object.entries(bytes).filter(([name, size]) => size > (larger[name] ?? 400_000))).toEqual([]);
  });

  it('brings one package along beside itself', () => {
    const installed = readdirSync(join(folder, 'node_modules')).filter((name) => !name.startsWith('.'));
    expect(installed.toSorted()).toEqual(['self-healing-pipeline', 'zod']);
  });

  it('has the comments of remedies and their parameters in its declarations', () => {
    const source = readFileSync(join(root, 'lambdas/remediators/registry.ts'), 'utf8');
    const declarations = readFileSync(join(folder, 'node_modules/self-healing-pipeline/dist/lambdas/remediators/registry.d.ts'), 'utf8');
    expect(declarations).toMatch(/Never grow beyond this, since storage .*\n +ceilingGibibytes: /);
    const comments = [...source.matchAll(/\/\*\*(?:(?!\*\/)[\s\S])*\*\/\n {2}(\w+),/g)].map(([comment, name]) => [
      oneLine(comment.replace(/\w+,$/, '')),
      name,
    ]);
    expect(comments.length).toBeGreaterThan(10);
    for (const [comment, name] of comments) expect(oneLine(declarations)).toContain(`${comment} readonly ${name}:`);
  });

  it('knows nothing of the folder in which it was built', () => {
    const files = globSync(join(folder, 'node_modules/self-healing-pipeline/dist/**/*.{js,ts,map,sh,ps1}'));
    expect(files.filter((file) => readFileSync(file, 'utf8').includes(root))).toEqual([]);
  });

  it('has the command in itself', () => {
    expect(run(node, [join(folder, 'node_modules/self-healing-pipeline/dist/bin/self-healing-pipeline.js'), '--help'])).toContain(
      'approvals',
    );
    expect(existsSync(join(folder, 'node_modules/.bin/self-healing-pipeline'))).toBe(true);
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    const words = /as `npx ([^`]+)`/.exec(readFileSync(join(root, 'README.md'), 'utf8'))?.[1]?.split(' ') ?? [];
    expect(run('npx', [...words, '--version'])).toBe(`${version}\n`);
  });

  it('makes the same stack in an app of its own as the sources do, without a bundler', () => {
    for (const name of ['aws-cdk-lib', 'constructs', '@types/node']) link(name);
    for (const example of examples) {
      const text = readFileSync(join(root, 'docs/examples', example), 'utf8');
      writeFileSync(join(folder, example), text.replaceAll(/'\.\.\/\.\.\/lib\/[^']+'/g, "'self-healing-pipeline'"));
    }
    writeFileSync(join(folder, 'app.ts'), app);
    const lib = ['es2022', 'esnext.disposable'];
    const options = { module: 'nodenext', target: 'es2022', lib, strict: true, types: ['node'], rewriteRelativeImportExtensions: true };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: options, files: ['app.ts'] }));
    run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc')]);

    expect(run(node, ['app.js'])).not.toContain('Bundling');

    const [template] = globSync(join(folder, 'cdk.out/**/Complete.template.json'));
    expect(withoutHashes(readFileSync(template ?? '', 'utf8'))).toEqual(withoutHashes(JSON.stringify(completeTemplate().toJSON())));
  });
});

function withoutHashes(template: string): unknown {
  return JSON.parse(template.replaceAll(/[0-9a-f]{64}/g, '(hash)'));
}

function oneLine(text: string): string {
  return text.replaceAll(/\s*\n\s*(\* )?/g, ' ').trim();
}
