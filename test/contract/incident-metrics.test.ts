import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';

const root = `${import.meta.dirname}/../..`;

/** What a call writes to the log, in a process of its own as in a function. */
function logged(call: string): { readonly _aws: { readonly CloudWatchMetrics: readonly object[] } } & Record<string, unknown> {
  const code = `import { incidentMetrics } from '${root}/lambdas/adapters/cloudwatch/metrics.ts'; incidentMetrics('healing', true).${call};`;
  return JSON.parse(execFileSync(process.execPath, ['--input-type=module-typescript', '-e', code], { encoding: 'utf8' }));
}

it.each([
  ['TimeToRecovery', 'timeToRecovery'],
  ['TimeToFirstAction', 'timeToFirstAction'],
])('%s is written in milliseconds, by pipeline and policy', (Name, method) => {
  const line = logged(`${method}('Web-memory', { minutes: 2 })`);
  expect(line).toMatchObject({ service: 'healing', policy: 'Web-memory', [Name]: 120_000 });
  expect(line._aws.CloudWatchMetrics).toEqual([
    { Namespace: 'SelfHealing', Dimensions: [['service', 'policy']], Metrics: [expect.objectContaining({ Name, Unit: 'Milliseconds' })] },
  ]);
});

it('the end of a drill is a metric of its own, and no outcome', () => {
  const line = logged("drill('Web-memory', { outcome: 'skipped', reason: 'drill', why: 'whole' })");
  expect(line).toMatchObject({ service: 'healing', policy: 'Web-memory', outcome: 'skipped', reason: 'drill', Drills: 1 });
  expect(line).not.toHaveProperty('Outcomes');
});
