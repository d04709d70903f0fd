import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { cruise, type ICruiseResult } from 'dependency-cruiser';
import extractDepcruiseOptions from 'dependency-cruiser/config-utl/extract-depcruise-options';
import { describe, expect, it, onTestFinished } from 'vitest';
import { allImpurities, impurities } from '../../.ci/purity.ts';

const root = join(import.meta.dirname, '../..');
/** Two seconds on a quiet machine; the limit of a unit test is five. */
const WHOLE_TREE_MILLISECONDS = 60_000;
const folders = ['lambdas', 'lib', 'bin', 'docs', 'packages', 'rehearsal'];
const walls = await extractDepcruiseOptions(join(root, '.dependency-cruiser.mjs'));

/** What dependency-cruiser finds in a tree. */
async function cruised(baseDir: string, names: readonly string[]): Promise<ICruiseResult> {
  const { output } = await cruise([...names], { ...walls, validate: true, baseDir }, walls.enhancedResolveOptions);
  return output as ICruiseResult;
}

function breachesOf({ summary }: ICruiseResult): readonly string[] {
  return summary.violations.map(({ from, to, rule }) => `${from}: ${rule.name}: ${to}`);
}

/** The violations in a tree of these files alone, and of empty ones where they import what is not there. */
async function violationsIn(files: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const tree = mkdtempSync(join(tmpdir(), 'layers-'));
  onTestFinished(() => rmSync(tree, { recursive: true }));
  symlinkSync(join(root, 'node_modules'), join(tree, 'node_modules'));
  const put = (file: string, source: string) => {
    mkdirSync(dirname(join(tree, file)), { recursive: true });
    writeFileSync(join(tree, file), source);
  };
  // It says what `#remediator` stands for.
  copyFileSync(join(root, 'package.json'), join(tree, 'package.json'));
  put('lambdas/remediators/wait-and-see.ts', '');
  for (const [file, source] of Object.entries(files))
    for (const [, name = ''] of source.matchAll(/'(\.[^']+\.ts)'/g)) put(join(dirname(file), name), '');
  for (const [file, source] of Object.entries(files)) put(file, source);
  return [
    ...breachesOf(await cruised(tree, Object.keys(files))),
    ...Object.entries(files).flatMap(([file, source]) => impurities(file, source)),
  ];
}

function violations(file: string, source: string): Promise<readonly string[]> {
  return violationsIn({ [file]: source });
}

describe('the layers', () => {
  it(
    'import only what they may',
    async () => {
      const found = await cruised(root, folders);
      expect(breachesOf(found)).toEqual([]);
      expect(found.summary.totalDependenciesCruised).toBeGreaterThan(2_000);
    },
    WHOLE_TREE_MILLISECONDS,
  );

  it('are pure where they must be', () => {
    expect(allImpurities(root)).toEqual([]);
  });

  it.each([
    ['a client in the core', 'lambdas/core/decide.ts', "import { SSMClient } from '@aws-sdk/client-ssm';"],
    ['only the type of a client in the core', 'lambdas/core/decide.ts', "import type { SSMClient } from '@aws-sdk/client-ssm';"],
    ['the type of a client by a call', 'lambdas/core/decide.ts', "export type Client = import('@aws-sdk/client-ssm').SSMClient;"],
    ['all of a step in the core', 'lambdas/core/decide.ts', "export * from '../steps/triage.ts';"],
    ['a step in the core', 'lambdas/core/decide.ts', "export { triage } from '../steps/triage.ts';"],
    ['an adapter in a remedy', 'lambdas/remediators/add-capacity.ts', "import { autoScalingGroups } from '../adapters/auto-scaling.ts';"],
    ['a file in a step', 'lambdas/steps/triage.ts', "import { readFileSync } from 'node:fs';"],
    ['an adapter in a step', 'lambdas/steps/triage.ts', "const { claims } = await import('../adapters/claims.ts');"],
    ['a client in a handler', 'lambdas/handlers/triage.ts', "import '@aws-sdk/client-ssm';"],
    ['a remedy in an adapter', 'lambdas/adapters/ssm/commands.ts', "import { registry } from '../../remediators/registry.ts';"],
    ['a client in the infrastructure', 'lib/fleet.ts', "import { EC2Client } from '@aws-sdk/client-ec2';"],
    ['an adapter in the infrastructure', 'lib/fleet.ts', "import { claims } from '../lambdas/adapters/claims.ts';"],
    ['the rehearsal in the infrastructure', 'lib/fleet.ts', "import { openGateway } from '@self-healing/local-aws/gateway/gateway.ts';"],
    [
      'the rehearsal in a handler',
      'lambdas/handlers/triage.ts',
      "import { openGateway } from '@self-healing/local-aws/gateway/gateway.ts';",
    ],
    ['the rehearsal in the app', 'bin/self-healing.ts', "import '../rehearsal/start.ts';"],
    ['a test fake in the core', 'lambdas/core/decide.ts', "import { fakePorts } from '@self-healing/simulation/doubles/fake-ports.ts';"],
    ['the rehearsal in an example', 'docs/examples/tuned-stack.ts', "import { fixtures } from '../../rehearsal/stage/fixtures.ts';"],
    ['a test in the rehearsal', 'packages/simulation/start.ts', "import { openStage } from '../support/open-stage.ts';"],
    ['a package that begins like an allowed one', 'lambdas/core/decide.ts', "import * as z from 'zod-extra';"],
    ['a computed name', 'lib/fleet.ts', 'const found = await import(name);'],
    ['a required package', 'lib/fleet.ts', "const ssm = require('@aws-sdk/client-ssm');"],
  ])('may not import %s', async (_, file, source) => {
    expect(await violations(file, source)).toHaveLength(1);
  });

  it.each([
    [
      'files that import each other',
      "import { b } from './b.ts'; export const a = () => b;",
      "import { a } from './a.ts'; export const b = () => a;",
    ],
    [
      'files that know only types of each other',
      "import type { B } from './b.ts'; export interface A { readonly b: B }",
      "import type { A } from './a.ts'; export interface B { readonly a: A }",
    ],
  ])('may not have circles: %s', async (_, a, b) => {
    const found = await violationsIn({ 'lambdas/core/a.ts': a, 'lambdas/core/b.ts': b });
    expect(found).toContainEqual('lambdas/core/a.ts: no circles: lambdas/core/b.ts');
  });

  it.each([
    ['the clock in the core', 'lambdas/core/decide.ts', 'const now = Date.now();', 'reads the clock'],
    ['the clock in a template in the core', 'lambdas/core/decide.ts', ['const now = `', '{Date.now()}`;'].join('$'), 'reads the clock'],
    [
      'the clock behind a text with slashes',
      'lambdas/core/decide.ts',
      "const page = 'https://x'; const now = Date.now();",
      'reads the clock',
    ],
    ['a new date without an argument in a remedy', 'lambdas/remediators/add-capacity.ts', 'const now = new Date();', 'reads the clock'],
    ['random in a step', 'lambdas/steps/triage.ts', 'const pause = Math.random();', 'draws random numbers'],
    ['waiting in the core', 'lambdas/core/decide.ts', 'export const read = async () => 1;', 'waits for something'],
    ['the environment in the core', 'lambdas/core/decide.ts', 'const region = process.env.AWS_REGION;', 'reads the environment'],
    [
      'the environment in an adapter',
      'lambdas/adapters/ssm/commands.ts',
      'const region = process.env.AWS_REGION;',
      'reads the environment',
    ],
    ['the environment in a handler', 'lambdas/handlers/triage.ts', 'const region = process.env.AWS_REGION;', 'reads the environment'],
    ['code outside every layer', 'lambdas/shortcuts/ssm.ts', '', 'is in no layer'],
  ])('may not have %s', async (_, file, source, what) => {
    expect(await violations(file, source)).toEqual([`${file}: ${what}`]);
  });

  it.each([
    ['words about the clock', 'lambdas/core/decide.ts', '/** Never `Date.now()`; see https://example.com */\nexport const a = 1; // await'],
    ['a text about the environment', 'lambdas/core/decide.ts', "const why = 'process.env is not read';"],
    ['a date from an argument', 'lambdas/core/duration.ts', 'export const iso = (instant: number) => new Date(instant).toISOString();'],
    ['a client in an adapter', 'lambdas/adapters/ssm.ts', "import { SSMClient } from '@aws-sdk/client-ssm';"],
    ['a module of Node.js below an allowed one', 'lambdas/probes/database.ts', "import { Resolver } from 'node:dns/promises';"],
    ['the one file that reads the environment', 'lambdas/handlers/environment.ts', 'const region = process.env.AWS_REGION;'],
    ['the remedy that a bundle is made with', 'lambdas/handlers/remediate.ts', "import { remediator } from '#remediator';"],
  ])('may have %s', async (_, file, source) => {
    expect(await violations(file, source)).toEqual([]);
  });
});
