import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';

const root = `${import.meta.dirname}/../..`;

/** What a call writes to the log, in a process of its own as in a function. */
function logged(call: string): { readonly _aws: { readonly CloudWatchMetrics: readonly object[] } } & Record<string, unknown> {
  const code = `import * as probe from '${root}/lambdas/adapters/probe-metrics.ts'; probe.${call};`;
  return JSON.parse(execFileSync(process.execPath, ['--input-type=module-typescript', '-e', code], { encoding: 'utf8' }));
}

/** The alarms name exactly this namespace and this one dimension; with another beside it they would never see a value. */
const written = (dimension: string, ...metrics: string[]) => [
  { Namespace: 'SelfHealing', Dimensions: [[dimension]], Metrics: metrics.map((Name) => expect.objectContaining({ Name })) },
];

it('a reachable database is written as 1 with its latency', () => {
  const line = logged("publishDatabaseProbe('orders', { reachable: true, latencyMilliseconds: 12, why: 'well' })");
  expect(line).toMatchObject({ Database: 'orders', Reachable: 1, Latency: 12, FailedStep: 'none', Why: 'well' });
  expect(line._aws.CloudWatchMetrics).toEqual(written('Database', 'Reachable', 'Latency'));
});

it('an unreachable database is written as 0 with the step that failed, and without a latency', () => {
  const line = logged("publishDatabaseProbe('orders', { reachable: false, latencyMilliseconds: 9, failedStep: 'tls', why: 'expired' })");
  expect(line).toMatchObject({ Database: 'orders', Reachable: 0, FailedStep: 'tls', Why: 'expired' });
  expect(line._aws.CloudWatchMetrics).toEqual(written('Database', 'Reachable'));
});

it('an available and an unavailable URL are written as 1 and 0', () => {
  const well = logged("publishHttpProbe('shop', { available: true, milliseconds: 7, why: 'status 200' })");
  const ill = logged("publishHttpProbe('shop', { available: false, milliseconds: 7, why: 'status 503' })");
  expect(well).toMatchObject({ Probe: 'shop', Availability: 1, Latency: 7 });
  expect(well._aws.CloudWatchMetrics).toEqual(written('Probe', 'Availability', 'Latency'));
  expect(ill).toMatchObject({ Probe: 'shop', Availability: 0, Why: 'status 503' });
  expect(ill._aws.CloudWatchMetrics).toEqual(written('Probe', 'Availability'));
});
