import { DeleteParametersCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { openSharedAws, type SharedAws } from '@self-healing/local-aws/testing/shared-aws.ts';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { publishedSelections } from '../../lambdas/adapters/ssm/published-selections.ts';
import type { Group } from '../../lambdas/core/policy.ts';
import { selectionsName } from '../../lambdas/core/published-selections.ts';

let aws: SharedAws;
let client: SSMClient;
const written: string[] = [];

beforeAll(async () => {
  aws = await openSharedAws();
  client = new SSMClient(aws.client);
});
afterEach(async () => {
  for (let from = 0; from < written.length; from += 10)
    await client.send(new DeleteParametersCommand({ Names: written.slice(from, from + 10) }));
  written.length = 0;
});
afterAll(() => aws.close());

async function write(Name: string, Value: string): Promise<void> {
  await client.send(new PutParameterCommand({ Name, Value, Type: 'String', Overwrite: true }));
  written.push(Name);
}

const tagged: Group = { kind: 'tagged', name: 'Web', key: 'Team', value: 'shop' };
const single = (id: string): Group => ({ kind: 'single', target: { kind: 'database', id } });

describe('what the pipelines protect', () => {
  it('is read of all of them, with every part, and nothing else of Parameter Store', async () => {
    await write('/self-healing/contract/register', '[]');
    await write(selectionsName('contract-a', 1), JSON.stringify([tagged]));
    for (let part = 1; part <= 12; part += 1) await write(selectionsName('contract-b', part), JSON.stringify([single(`orders-${part}`)]));
    const { own, published } = await publishedSelections('contract-b', client).published();
    expect(own).toBe('contract-b');
    const ours = published.filter(({ pipeline }) => pipeline.startsWith('contract'));
    expect(ours.filter(({ pipeline }) => pipeline === 'contract-a')).toEqual([{ pipeline: 'contract-a', selections: [tagged] }]);
    expect(ours.filter(({ pipeline }) => pipeline === 'contract-b')).toHaveLength(12);
  });

  it('is read again after a minute, and not before', async () => {
    let now = 0;
    const pipelines = publishedSelections('contract-b', client, () => now);
    const seen = async () => (await pipelines.published()).published.some(({ pipeline }) => pipeline === 'contract-c');
    expect(await seen()).toBe(false);
    await write(selectionsName('contract-c', 1), '[]');
    now = 59_999;
    expect(await seen()).toBe(false);
    now = 60_000;
    expect(await seen()).toBe(true);
  });
});
