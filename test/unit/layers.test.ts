import { describe, expect, it } from 'vitest';
import { allViolations, violations } from '../../.ci/layers.ts';

describe('the layers', () => {
  it('import only what they may', () => {
    expect(allViolations(`${import.meta.dirname}/../..`)).toEqual([]);
  });

  it.each([
    ['a client in the core', 'lambdas/core/decide.ts', "import { SSMClient } from '@aws-sdk/client-ssm';"],
    ['only the type of a client in the core', 'lambdas/core/decide.ts', "import type { SSMClient } from '@aws-sdk/client-ssm';"],
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
  ])('may not import %s', (_, file, source) => {
    expect(violations(file, source)).toHaveLength(1);
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
  ])('may not have %s', (_, file, source, what) => {
    expect(violations(file, source)).toEqual([`${file}: ${what}`]);
  });

  it.each([
    ['words about the clock', 'lambdas/core/decide.ts', '/** Never `Date.now()`; see https://example.com */\nexport const a = 1; // await'],
    ['a text about the environment', 'lambdas/core/decide.ts', "const why = 'process.env is not read';"],
    ['a date from an argument', 'lambdas/core/duration.ts', 'export const iso = (instant: number) => new Date(instant).toISOString();'],
    ['the one file that reads the environment', 'lambdas/handlers/environment.ts', 'const region = process.env.AWS_REGION;'],
    ['the remedy that a bundle is made with', 'lambdas/handlers/remediate.ts', "import { remediator } from '#remediator';"],
  ])('may have %s', (_, file, source) => {
    expect(violations(file, source)).toEqual([]);
  });
});
