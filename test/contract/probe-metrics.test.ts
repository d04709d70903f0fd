import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';

const root = `${import.meta.dirname}/../..`;

/** What a call writes to the log, in a process of its own as in a function. */
function logged(call: string): { readonly _aws: { readonly CloudWatchMetrics: readonly object[] } } & Record<string, unknown> {
  const code = `import * as probe from '${root}/lambdas/adapters/cloudwatch/metrics.ts'; probe.${call};`;
  return JSON.parse(execFileSync(process.execPath, ['--input-type=module-typescript', '-e', code], { encoding: 'utf8' }));
}

/** The alarms name exactly this namespace and this one dimension; with another beside it they would never see a value. */
const written = (dimension: string, ...metrics: string[]) => [
  { Namespace: 'SelfHealing', Dimensions: [[dimension]], Metrics: metrics.map((Name) => expect.objectContaining({ Name })) },
];

it('a database that is well is written as 1 with its latency, set up and without a fault', () => {
  const line = logged("publishDatabaseProbe('orders', { everWell: true, latencyMilliseconds: 12, why: 'well' })");
  expect(line).toMatchObject({ Database: 'orders', Reachable: 1, Latency: 12, NotSetUp: 0, Fault: 0, FaultName: 'none', Why: 'well' });
  expect(line._aws.CloudWatchMetrics).toEqual(written('Database', 'NotSetUp', 'Reachable', 'Fault', 'Latency'));
});

it('one that was well and is not is written as 0 with its fault, and without a latency', () => {
  const line = logged("publishDatabaseProbe('orders', { everWell: true, latencyMilliseconds: 9, fault: 'tls', why: 'expired' })");
  expect(line).toMatchObject({ Database: 'orders', Reachable: 0, NotSetUp: 0, Fault: 5, FaultName: 'tls', Why: 'expired' });
  expect(line._aws.CloudWatchMetrics).toEqual(written('Database', 'NotSetUp', 'Reachable', 'Fault'));
});

it('one that was never well has no value by which it could be healed, only the fault that keeps it from being set up', () => {
  const line = logged("publishDatabaseProbe('orders', { everWell: false, latencyMilliseconds: 9, fault: 'path', why: 'nothing' })");
  expect(line).toMatchObject({ Database: 'orders', NotSetUp: 3, FaultName: 'path' });
  expect(line._aws.CloudWatchMetrics).toEqual(written('Database', 'NotSetUp'));
});

it('a URL is written likewise', () => {
  const well = logged("publishHttpProbe('shop', { everWell: true, latencyMilliseconds: 7, why: 'status 200' })");
  const ill = logged("publishHttpProbe('shop', { everWell: true, latencyMilliseconds: 7, fault: 'failing', why: 'status 503' })");
  expect(well).toMatchObject({ Probe: 'shop', Availability: 1, Latency: 7 });
  expect(well._aws.CloudWatchMetrics).toEqual(written('Probe', 'NotSetUp', 'Availability', 'Fault', 'Latency'));
  expect(ill).toMatchObject({ Probe: 'shop', Availability: 0, Fault: 12, Why: 'status 503' });
  expect(ill._aws.CloudWatchMetrics).toEqual(written('Probe', 'NotSetUp', 'Availability', 'Fault'));
});
