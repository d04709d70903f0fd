import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { cruise, type ICruiseResult } from 'dependency-cruiser';
import extractDepcruiseOptions from 'dependency-cruiser/config-utl/extract-depcruise-options';
import { beforeAll, describe, expect, it } from 'vitest';
import { allImpurities, impurities } from '../../.ci/purity.ts';

const root = join(import.meta.dirname, '../..');
const folders = ['bundling', 'lambdas', 'lib', 'bin', 'docs', 'packages', 'rehearsal', 'bench'];
const walls = await extractDepcruiseOptions(join(root, '.dependency-cruiser.mjs'));

/** What dependency-cruiser finds in a tree. */
async function cruised(baseDir: string, names: readonly string[]): Promise<ICruiseResult> {
  const { output } = await cruise([...names], { ...walls, validate: true, baseDir }, walls.enhancedResolveOptions);
  return output as ICruiseResult;
}

function breachesOf({ summary }: ICruiseResult): readonly string[] {
  return summary.violations.map(({ from, to, rule }) => `${from}: ${rule.name}: ${to}`);
}

/** Every case has a file of its own in one tree, by its name there: judging the walls takes longer than cruising such files. */
const files = new Map<string, string>();

/** Names a case's file like no other, in the same folder. The one file that may read the environment is known by its name. */
function put(file: string, source: string): string {
  const name = file.endsWith('/environment.ts') ? file : file.replace(/\.ts$/, `-${files.size}.ts`);
  files.set(name, source);
  return name;
}

let breaches: readonly string[];
beforeAll(async () => {
  const tree = mkdtempSync(join(tmpdir(), 'layers-'));
  try {
    symlinkSync(join(root, 'node_modules'), join(tree, 'node_modules'));
    const imported = [...files].flatMap(([file, source]) =>
      [...source.matchAll(/'(\.[^']+\.ts)'/g)].map(([, name = '']) => [join(dirname(file), name), ''] as const),
    );
    for (const [file, source] of [...imported, ...files]) {
      mkdirSync(dirname(join(tree, file)), { recursive: true });
      writeFileSync(join(tree, file), source);
    }
    breaches = breachesOf(await cruised(tree, [...files.keys()]));
  } finally {
    rmSync(tree, { recursive: true });
  }
});

/** What is wrong with a case's file. */
function violations(file: string): readonly string[] {
  return [...breaches.filter((breach) => breach.startsWith(`${file}: `)), ...impurities(file, files.get(file) ?? '')];
}

/** Puts the files of a table of cases: what, file, source and what is wrong with it, where that matters. */
function cases(table: readonly (readonly [string, string, string, string?])[]) {
  return table.map(([what, file, source, wrong]) => [what, put(file, source), wrong] as const);
}

describe('the layers', () => {
  it('are all checked by npm run layers', () => {
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: Record<string, string> };
    expect(scripts.layers).toBe(`depcruise ${folders.join(' ')} && node .ci/purity.ts`);
  });

  it('are pure where they must be', () => {
    expect(allImpurities(root)).toEqual([]);
  });

  it.each(
    cases([
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
    ]),
  )('may not import %s', (_, file) => {
    expect(violations(file)).toHaveLength(1);
  });

  it.each(
    [
      [
        'files that import each other',
        'lambdas/core/values',
        "import { b } from './b.ts'; export const a = () => b;",
        "import { a } from './a.ts'; export const b = () => a;",
      ],
      [
        'files that know only types of each other',
        'lambdas/core/types',
        "import type { B } from './b.ts'; export interface A { readonly b: B }",
        "import type { A } from './a.ts'; export interface B { readonly a: A }",
      ],
    ].map(([what = '', folder = '', a = '', b = '']) => {
      files.set(`${folder}/a.ts`, a).set(`${folder}/b.ts`, b);
      return [what, folder] as const;
    }),
  )('may not have circles: %s', (_, folder) => {
    expect(breaches).toContainEqual(`${folder}/a.ts: no circles: ${folder}/b.ts`);
  });

  it.each(
    cases([
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
    ]),
  )('may not have %s', (_, file, what) => {
    expect(violations(file)).toEqual([`${file}: ${what}`]);
  });

  it.each(
    cases([
      [
        'words about the clock',
        'lambdas/core/decide.ts',
        '/** Never `Date.now()`; see https://example.com */\nexport const a = 1; // await',
      ],
      ['a text about the environment', 'lambdas/core/decide.ts', "const why = 'process.env is not read';"],
      ['a date from an argument', 'lambdas/core/duration.ts', 'export const iso = (instant: number) => new Date(instant).toISOString();'],
      ['a client in an adapter', 'lambdas/adapters/ssm.ts', "import { SSMClient } from '@aws-sdk/client-ssm';"],
      ['a module of Node.js below an allowed one', 'lambdas/probes/database.ts', "import { Resolver } from 'node:dns/promises';"],
      ['the one file that reads the environment', 'lambdas/handlers/environment.ts', 'const region = process.env.AWS_REGION;'],
    ]),
  )('may have %s', (_, file) => {
    expect(violations(file)).toEqual([]);
  });
});
