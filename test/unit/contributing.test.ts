import { accessSync, constants, existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import config from '../../vitest.config.ts';
import { jobs } from '../jobs.ts';
import { longest } from '../support/longest-first.ts';
import { manual } from '../support/manual.ts';

const root = join(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(join(root, file), 'utf8');
const { scripts } = JSON.parse(read('package.json')) as { readonly scripts: Readonly<Record<string, string>> };
const templates = [
  '.github/PULL_REQUEST_TEMPLATE.md',
  '.github/ISSUE_TEMPLATE/bug_report.md',
  '.github/ISSUE_TEMPLATE/new_remedy_or_symptom.md',
];

describe("the contributor's kit", () => {
  it('has a workflow that runs what anybody can run, and may change nothing', () => {
    const workflow = read('.github/workflows/ci.yml');
    expect([...workflow.matchAll(/^ *(?:- )?run: (.+)$/gm)].map(([, command]) => command)).toEqual(['sudo env "PATH=$PATH" .ci/run']);
    expect(workflow).toMatch(/^permissions:\n {2}contents: read$/m);
    expect(() => accessSync(join(root, '.ci/run'), constants.X_OK)).not.toThrow();
  });

  it.each(templates)('asks in %s only for commands and files that there are', (template) => {
    const text = read(template);
    for (const [, script = ''] of text.matchAll(/npm run ([a-z-]+)/g)) expect(scripts).toHaveProperty(script);
    for (const [file] of text.matchAll(/[A-Z]+\.md/g)) expect(existsSync(join(root, file)), file).toBe(true);
  });

  it('names every kind of test and the one command for one test', () => {
    const page = read('CONTRIBUTING.md');
    for (const kind of ['unit', 'property', 'infrastructure', 'contract', 'e2e']) expect(page).toContain(`\`test/${kind}/\``);
    expect(scripts.one).toBe('vitest run');
    expect(manual).toContain('npm run one');
  });

  it('has a command for all of it, which leaves out no kind of test and no check', () => {
    const commands = jobs.flat().map(({ command }) => command.join(' '));
    const kinds = (config.test?.projects ?? []).map((project) => (project as { test: { name: string } }).test.name);
    expect(kinds.toSorted()).toEqual(
      globSync('test/{unit,property,infrastructure,contract,e2e}', { cwd: root })
        .map((folder) => folder.slice(5))
        .toSorted(),
    );
    for (const kind of kinds) expect(commands.filter((command) => command.includes(`--project ${kind}`))).toHaveLength(1);
    for (const check of ['types', 'lint', 'layers', 'shellcheck']) expect(commands).toContain(`npm run --silent ${check}`);
    expect(scripts.test).toBe('node test/start.ts');
    expect(read('.ci/run')).toMatch(/^npm ci\nnpm test\n(?:# .*\n)?npm run soak\b/m);
  });

  it('begins first with test files that there are', () => {
    for (const file of longest) expect(existsSync(join(root, file)), file).toBe(true);
  });

  it('keeps a changelog with a section for what is not released', () => {
    expect(read('CHANGELOG.md')).toMatch(/^## \[Unreleased\]$/m);
  });
});
