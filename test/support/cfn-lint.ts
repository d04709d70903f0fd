import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { pythonWith } from '@self-healing/local-aws/ministack/python-environment.ts';

/** AWS's own linter of templates, from PyPI. */
const CFN_LINT = { name: 'cfn-lint', version: '1.58.0' };

/** What it says of one place of a template. */
export interface LintFinding {
  readonly template: string;
  readonly rule: string;
  readonly message: string;
  readonly path: string;
}

interface Reported {
  readonly Filename: string;
  readonly Rule: { readonly Id: string };
  readonly Message: string;
  readonly Location: { readonly Path?: readonly (string | number)[] | null };
}

/** Bits of its exit code: 2 errors, 4 warnings, 8 information. */
const MOST_OF_FINDINGS = 14;

/** Every finding of errors and warnings in the templates, by their names. */
export async function lint(templates: ReadonlyMap<string, object>): Promise<readonly LintFinding[]> {
  const folder = await mkdtemp(join(tmpdir(), 'cfn-lint-'));
  try {
    const names = [...templates.keys()];
    const files = names.map((_, index) => join(folder, `${index}.json`));
    await Promise.all(files.map((file, index) => writeFile(file, JSON.stringify(templates.get(names[index] ?? '')))));
    const reported = JSON.parse(await run(files)) as readonly Reported[];
    return reported.map(({ Filename, Rule, Message, Location }) => ({
      template: names[Number.parseInt(basename(Filename), 10)] ?? Filename,
      rule: Rule.Id,
      message: Message,
      path: (Location.Path ?? []).join('/'),
    }));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function run(files: readonly string[]): Promise<string> {
  const python = await pythonWith(CFN_LINT, console.error);
  // The program's own file names the folder in which it was installed before that was renamed.
  const entry = ['-c', 'from cfnlint.runner import main; main()'];
  const args = [...entry, '--format', 'json', '--regions', 'eu-west-1', '--', ...files];
  return new Promise((resolve, reject) => {
    execFile(python, args, { maxBuffer: 64 * 1_024 * 1_024 }, (error, stdout, stderr) => {
      const code = error ? Number(error.code) : 0;
      if (Number.isInteger(code) && code >= 0 && code <= MOST_OF_FINDINGS && code !== 1) resolve(stdout);
      else reject(new Error(`cfn-lint failed: ${stderr || String(error)}`));
    });
  });
}
