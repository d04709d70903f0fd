/**
 * Checks that clock, environment, randomness and waiting come to a layer as arguments: `node .ci/purity.ts` prints every violation and
 * fails if there is one. What a layer may import is checked by `.dependency-cruiser.mjs`, beside this; here belongs only what it
 * cannot see.
 */
import { globSync, readFileSync } from 'node:fs';

const environment = { 'reads the environment': /\bprocess\.env\b|\bprocess\[/ };
const clock = {
  'reads the clock': /\bDate\.now\b|\bnew Date\(\s*\)|\bDate\(\s*\)|\bperformance\.now\b|\bhrtime\b|\bTemporal\.Now\b/,
  'draws random numbers': /\bMath\.random\b|\brandomUUID\b|\bgetRandomValues\b/,
};
const waiting = { 'waits for something': /\bawait\b|\basync\b|\bsetTimeout\b|\bsetInterval\b/ };

/** What the code of a folder must not contain, by the words of the message. */
const layers: Readonly<Record<string, Readonly<Record<string, RegExp>>>> = {
  'lambdas/core': { ...environment, ...clock, ...waiting },
  'lambdas/diagnostics': { ...environment, ...clock },
  'lambdas/remediators': { ...environment, ...clock },
  'lambdas/steps': { ...environment, ...clock },
  'lambdas/adapters': environment,
  'lambdas/probes': environment,
  'lambdas/handlers': environment,
  lib: environment,
  bin: environment,
  bundling: {},
  docs: environment,
  'packages/local-aws': {},
  'packages/simulation': {},
  rehearsal: {},
};

/** The one file that reads environment variables. */
const ENVIRONMENT_FILE = 'lambdas/handlers/environment.ts';

/** Imports of whose target nobody knows before they run, and types that dependency-cruiser does not see. */
const UNCHECKED = /\bimport\(\s*[^'"\s]|\brequire\(|\btypeof import\(|\bimport\(''\)\s*\.\s*[A-Z]/;

/** The violations of one file, each as `file: what is wrong`. */
export function impurities(file: string, source: string): readonly string[] {
  const [, never] = Object.entries(layers).find(([folder]) => file.startsWith(`${folder}/`)) ?? [];
  if (!never) return [`${file}: is in no layer`];
  const code = withoutTexts(withoutComments(source));
  const wrong = Object.entries(file === ENVIRONMENT_FILE ? {} : never).filter(([, pattern]) => pattern.test(code));
  return [...wrong.map(([what]) => `${file}: ${what}`), ...(UNCHECKED.test(code) ? [`${file}: imports what cannot be checked`] : [])];
}

/** The violations of all files of the layers. */
export function allImpurities(root: string): readonly string[] {
  const files = globSync('{bundling,lambdas,lib,bin,docs,packages,rehearsal}/**/*.{ts,mts,cts,js,mjs,cjs}', {
    cwd: root,
    exclude: ['packages/*/{.work,node_modules}/**', 'rehearsal/out/**'],
  });
  if (files.length === 0) throw new Error(`no files under ${root}`);
  return files.toSorted().flatMap((file) => impurities(file, readFileSync(`${root}/${file}`, 'utf8')));
}

/** Texts are matched first, so that `//` inside one does not begin a comment. */
function withoutComments(source: string): string {
  return source.replace(/(`(?:\\.|[^`\\])*`|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*")|\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, (_, text = '') => text);
}

/** Templates stay, since they hold code. */
function withoutTexts(code: string): string {
  return code.replace(/'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"/g, "''");
}

if (import.meta.main) {
  const found = allImpurities(`${import.meta.dirname}/..`);
  for (const violation of found) console.error(violation);
  const verdict = found.length === 0 ? 'Clock, environment, randomness and waiting stay at the edge.' : `${found.length} impurities.`;
  console.log(verdict);
  process.exitCode = found.length === 0 ? 0 : 1;
}
