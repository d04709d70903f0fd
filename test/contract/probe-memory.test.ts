import { GetParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { openSharedAws, type SharedAws } from '@self-healing/local-aws/testing/shared-aws.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ProbeReport } from '../../lambdas/adapters/cloudwatch/metrics.ts';
import { type WellMemory, wellMemory } from '../../lambdas/adapters/ssm/probe-memory.ts';
import { reportRun } from '../../lambdas/probes/report.ts';

const Name = '/contract/probe-memory';
const NOW = new Date('2026-11-02T10:00:00Z');

let aws: SharedAws;
let client: SSMClient;

beforeAll(async () => {
  aws = await openSharedAws();
  client = new SSMClient(aws.client);
});
beforeEach(() => client.send(new PutParameterCommand({ Name, Value: 'never', Type: 'String', Overwrite: true })));
afterAll(() => aws.close());

/** A new process of the function. */
const process = (configuration = 'one', parameter = Name) => wellMemory(parameter, configuration, client);

describe('what a probe remembers', () => {
  it('outlives the process that saw it', async () => {
    await process().remember('orders', NOW);
    expect(await process().wasWell('orders')).toBe(true);
    expect(await process().wasWell('stock')).toBe(false);
  });

  it('is of one configuration: another network or login begins anew', async () => {
    await process('one').remember('orders', NOW);
    expect(await process('other').wasWell('orders')).toBe(false);
  });

  it('is nothing in the value that the stack deploys', async () => {
    expect(await process().wasWell('orders')).toBe(false);
  });

  it('is written once, and a process that knows it asks nobody again', async () => {
    const memory = process();
    const version = async () => (await client.send(new GetParameterCommand({ Name }))).Parameter?.Version ?? 0;
    const before = await version();
    await memory.remember('orders', NOW);
    await memory.remember('orders', NOW);
    expect(await version()).toBe(before + 1);
    await client.send(new PutParameterCommand({ Name, Value: 'never', Overwrite: true }));
    expect(await memory.wasWell('orders')).toBe(true);
  });

  it('is not known where it cannot be read', async () => {
    await expect(process('one', '/contract/nothing').wasWell('orders')).rejects.toMatchObject({
      name: expect.stringMatching(/TargetGone|Defect/),
    });
  });
});

describe('a run of a probe', () => {
  const published: ProbeReport[] = [];
  const publish = (_: string, report: ProbeReport) => void published.push(report);
  const ill = { fault: 'path', why: 'nothing', latencyMilliseconds: 1 } as const;
  const well = { why: 'well', latencyMilliseconds: 1 } as const;
  const deaf: WellMemory = {
    wasWell: () => Promise.reject(new Error('no way to Systems Manager')),
    remember: () => Promise.reject(new Error('no way to Systems Manager')),
  };
  beforeEach(() => void published.splice(0));

  it('that never was well reports it is not set up, and from the first that was well on what was well and is ill', async () => {
    for (const found of [ill, well, ill]) await reportRun('orders', found, process(), publish, NOW);
    expect(published.map(({ everWell, fault }) => [everWell, fault])).toEqual([
      [false, 'path'],
      [true, undefined],
      [true, 'path'],
    ]);
  });

  it('reports nothing when it is ill and cannot find out whether it ever was well', async () => {
    await expect(reportRun('orders', ill, deaf, publish, NOW)).rejects.toThrow('no way to Systems Manager');
    expect(published).toEqual([]);
  });

  it('fails after it was reported when it is well and cannot be remembered, so that people hear of it while all is well', async () => {
    await expect(reportRun('orders', well, deaf, publish, NOW)).rejects.toThrow('no way to Systems Manager');
    expect(published).toEqual([{ ...well, everWell: true }]);
  });
});
