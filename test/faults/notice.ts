import { spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Noticer } from './fault.ts';

/** What a noticer says of a tree. `broken`: it could not be run at all, which says nothing. */
export interface Notice {
  readonly kind: 'noticed' | 'nothing' | 'broken';
  readonly what: string;
}

const KINDS = { contract: 'contract', invariant: 'property' } as const;

/** Longer than any noticer takes on a busy machine. */
const LONGEST_MILLISECONDS = 1_200_000;

/** The noticer in words, as the table names it. */
export function noticerInWords(noticer: Noticer): string {
  if (noticer.by !== 'explorer') return `${noticer.by} ${noticer.file}`;
  return `explorer ${noticer.situation}, ${noticer.preemptions ?? 0} preemptions, ${noticer.deaths ?? 0} deaths`;
}

/** Runs a noticer in a tree. */
export function notice(noticer: Noticer, folder: string): Promise<Notice> {
  return noticer.by === 'explorer' ? byExplorer(noticer, folder) : byTests(noticer, folder);
}

async function byExplorer(
  { situation, preemptions = 0, deaths = 0 }: Extract<Noticer, { by: 'explorer' }>,
  folder: string,
): Promise<Notice> {
  const bounds = ['--preemptions', String(preemptions), '--deaths', String(deaths)];
  const { code, out, errors } = await run(
    'node',
    ['packages/simulation/explore/start.ts', '--situation', situation, ...bounds, '--json'],
    folder,
  );
  if (code !== 0 && code !== 1) return { kind: 'broken', what: errors.slice(-500) };
  if (code === 0) return { kind: 'nothing', what: '' };
  try {
    const [{ found }] = JSON.parse(out) as [{ found: { violation: { promise: string } }[] }];
    return { kind: 'noticed', what: found[0]?.violation.promise ?? '' };
  } catch {
    return { kind: 'broken', what: errors.slice(-500) };
  }
}

interface TestReport {
  readonly numFailedTests: number;
  readonly numPassedTests: number;
  readonly testResults: readonly {
    readonly message?: string;
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

async function byTests({ by, file }: Extract<Noticer, { file: string }>, folder: string): Promise<Notice> {
  const report = join(folder, 'fault-report.json');
  const { errors } = await run(
    'node_modules/.bin/vitest',
    ['run', '--config', 'vitest.config.ts', '--project', KINDS[by], '--reporter', 'json', '--outputFile', report, file],
    folder,
  );
  try {
    const { numFailedTests, numPassedTests, testResults } = JSON.parse(readFileSync(report, 'utf8')) as TestReport;
    const failed = testResults.flatMap(({ assertionResults }) => assertionResults).find(({ status }) => status === 'failed');
    if (numFailedTests > 0) return { kind: 'noticed', what: failed?.fullName ?? '' };
    return numPassedTests > 0 ? { kind: 'nothing', what: '' } : { kind: 'broken', what: testResults[0]?.message ?? 'no test was run' };
  } catch {
    return { kind: 'broken', what: errors.slice(-500) };
  } finally {
    rmSync(report, { force: true });
  }
}

function run(command: string, given: readonly string[], cwd: string): Promise<{ code: number | null; out: string; errors: string }> {
  return new Promise((resolve, reject) => {
    const path = `${join(cwd, 'node_modules/.bin')}:${process.env.PATH ?? ''}`;
    const env = { ...process.env, PATH: path, JSII_DEPRECATED: 'quiet' };
    const child = spawn(command, given, { cwd, env, timeout: LONGEST_MILLISECONDS });
    const said = { out: '', errors: '' };
    child.stdout.on('data', (text) => {
      said.out += text;
    });
    child.stderr.on('data', (text) => {
      said.errors += text;
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, ...said }));
  });
}
