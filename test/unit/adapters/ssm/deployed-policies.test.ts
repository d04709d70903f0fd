import { createHash } from 'node:crypto';
import { ParameterNotFound, type SSMClient } from '@aws-sdk/client-ssm';
import { aPolicy, MINUTE, NOW, SECOND } from '@self-healing/simulation/builders.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import { deployedPolicies } from '../../../../lambdas/adapters/ssm/deployed-policies.ts';
import { policyRecords } from '../../../../lambdas/adapters/ssm/policy-records.ts';
import { digested } from '../../../../lambdas/core/policy-record.ts';

const deployed = aPolicy();
const forged = aPolicy({ probation: { seconds: 1 } });
const recordOf = (policy: unknown) =>
  JSON.stringify({
    digest: createHash('sha256')
      .update(String(digested(policy, [])))
      .digest('hex'),
    values: [],
  });

let records: Map<string, string>;
let reads: string[];
beforeEach(() => {
  records = new Map([['/self-healing/healing/policies/Web-memory', recordOf(deployed)]]);
  reads = [];
});

const client = {
  send: async ({ input: { Name = '', Names } }: { input: { Name?: string; Names?: readonly string[] } }) => {
    if (Names) return { Parameters: Names.flatMap((each) => (records.has(each) ? [{ Name: each, Value: records.get(each) }] : [])) };
    reads.push(Name);
    const Value = records.get(Name);
    if (Value === undefined) throw new ParameterNotFound({ message: 'none', $metadata: { httpStatusCode: 400 } });
    return { Parameter: { Value, LastModifiedDate: new Date(NOW - MINUTE) } };
  },
} as unknown as SSMClient;

describe('the records of policies', () => {
  it('are read once in ten minutes for a policy that agrees', async () => {
    const policies = deployedPolicies('healing', client);
    for (const at of [0, MINUTE, 9 * MINUTE])
      expect(await policies.check('Web-memory', deployed, NOW + at)).toMatchObject({ kind: 'deployed' });
    expect(reads).toEqual(['/self-healing/healing/policies/Web-memory']);
    await policies.check('Web-memory', deployed, NOW + 11 * MINUTE);
    expect(reads).toHaveLength(2);
  });

  it('refuse a policy of the same name that is not the same, and are not read for each event that brings it', async () => {
    const policies = deployedPolicies('healing', client);
    await policies.check('Web-memory', deployed, NOW);
    for (const at of [0, SECOND, 14 * SECOND])
      expect(await policies.check('Web-memory', forged, NOW + at)).toEqual({ kind: 'changed', recordedAt: NOW - MINUTE });
    expect(reads).toHaveLength(2);
  });

  it('are read again at once for a policy that was not seen before, such as one of a new deployment', async () => {
    const policies = deployedPolicies('healing', client);
    await policies.check('Web-memory', deployed, NOW);
    records.set('/self-healing/healing/policies/Web-memory', recordOf(forged));
    expect(await policies.check('Web-memory', forged, NOW + SECOND)).toMatchObject({ kind: 'deployed' });
  });

  it('know no policy that was never deployed', async () => {
    expect(await deployedPolicies('healing', client).check('Web-cpu', deployed, NOW)).toEqual({ kind: 'unknown' });
  });

  it.each([
    ['a nested stack', ['spread-policies']],
    ['the stack of the pipeline', ['policies']],
    ['both, for the moment in which it moves', ['spread-policies', 'policies']],
  ])('are found of a policy that stands in %s', async (_, folders) => {
    records = new Map(folders.map((folder) => [`/self-healing/healing/${folder}/Web-memory`, recordOf(deployed)]));
    const policies = deployedPolicies('healing', client, true);
    expect(await policies.check('Web-memory', deployed, NOW)).toMatchObject({ kind: 'deployed' });
    expect(await policies.check('Web-memory', forged, NOW)).toEqual({ kind: 'changed', recordedAt: NOW - MINUTE });
  });

  it('let both versions of a policy in that moves and changes at once', async () => {
    records = new Map([
      ['/self-healing/healing/policies/Web-memory', recordOf(deployed)],
      ['/self-healing/healing/spread-policies/Web-memory', recordOf(forged)],
    ]);
    const policies = deployedPolicies('healing', client, true);
    for (const version of [deployed, forged]) expect(await policies.check('Web-memory', version, NOW)).toMatchObject({ kind: 'deployed' });
  });

  it('are told apart by what they say now, and are none of a policy that was taken away', async () => {
    const known = await deployedPolicies('healing', client).check('Web-memory', deployed, NOW);
    const current = () => policyRecords('healing', client).current('Web-memory');
    expect(await current()).toEqual([(known as { record?: string }).record]);

    records.set('/self-healing/healing/spread-policies/Web-memory', recordOf(forged));
    expect(new Set(await current()).size).toBe(2);
    records.delete('/self-healing/healing/policies/Web-memory');
    expect(await current()).not.toContain((known as { record?: string }).record);
    records.clear();
    expect(await current()).toEqual([]);
  });

  it('of nested stacks are not asked for where there are none', async () => {
    records = new Map([['/self-healing/healing/spread-policies/Web-memory', recordOf(deployed)]]);
    expect(await deployedPolicies('healing', client).check('Web-memory', deployed, NOW)).toEqual({ kind: 'unknown' });
  });

  it('are not believed where nobody can read them', async () => {
    records.set('/self-healing/healing/policies/Web-memory', 'not a record');
    await expect(deployedPolicies('healing', client).check('Web-memory', deployed, NOW)).rejects.toThrow();
  });
});
