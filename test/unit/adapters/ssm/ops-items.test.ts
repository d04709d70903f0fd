import { OpsItemAlreadyExistsException, type SSMClient } from '@aws-sdk/client-ssm';
import { beforeEach, describe, expect, it } from 'vitest';
import { opsItems } from '../../../../lambdas/adapters/ssm/ops-items.ts';

const KEY = 'healing:Web-memory:instance:i-0abc';
const AT = '2026-11-29T08:47:13.152Z';
const item = {
  ...{ key: KEY, pipeline: 'healing', at: AT, title: 'NEEDS YOU', description: 'all of it', severity: '1', priority: 1 },
  resource: 'arn:aws:ec2:eu-central-1:123456789012:instance/i-0abc',
};

let sent: { readonly name: string; readonly input: Record<string, unknown> }[];
let answers: (object | Error)[];
beforeEach(() => {
  sent = [];
  answers = [];
});

const client = {
  send: async ({ constructor: { name }, input }: { constructor: { name: string }; input: Record<string, unknown> }) => {
    sent.push({ name, input });
    const answer = answers.shift() ?? {};
    if (answer instanceof Error) throw answer;
    return answer;
  },
} as unknown as SSMClient;
const port = opsItems(client);
const summary = (OpsItemId: string, Status: string, more: object = {}) => ({
  ...{ OpsItemId, Status },
  OperationalData: { 'self-healing-alert': { Value: KEY }, 'self-healing-at': { Value: AT }, ...more },
});

describe('OpsCenter', () => {
  it('opens one that is deduplicated by the key of the alert, and names its target and its pipeline', async () => {
    expect(await port.open(item)).toEqual({});
    expect(sent).toEqual([
      {
        name: 'CreateOpsItemCommand',
        input: {
          ...{ Title: 'NEEDS YOU', Description: 'all of it', Severity: '1', Priority: 1, Source: 'self-healing', Category: 'Availability' },
          OperationalData: {
            '/aws/dedup': { Value: JSON.stringify({ dedupString: KEY }), Type: 'SearchableString' },
            '/aws/resources': { Value: JSON.stringify([{ arn: item.resource }]), Type: 'SearchableString' },
            'self-healing-alert': { Value: KEY, Type: 'SearchableString' },
            'self-healing-at': { Value: AT, Type: 'SearchableString' },
          },
          Tags: [{ Key: 'self-healing', Value: 'healing' }],
        },
      },
    ]);
  });

  it('answers which one is open already', async () => {
    answers = [new OpsItemAlreadyExistsException({ message: 'there is one', OpsItemId: 'oi-1', $metadata: { httpStatusCode: 400 } })];
    expect(await port.open(item)).toEqual({ existing: 'oi-1' });
  });

  it('fails where it cannot open one', async () => {
    answers = [Object.assign(new Error('no'), { name: 'AccessDeniedException', $metadata: { httpStatusCode: 400 } })];
    await expect(port.open(item)).rejects.toThrow('open the OpsItem: AccessDeniedException');
  });

  it('finds those of a key over all pages, open or not, and none of another key', async () => {
    answers = [
      { OpsItemSummaries: [summary('oi-1', 'Resolved'), summary('oi-2', 'InProgress')], NextToken: 'more' },
      {
        OpsItemSummaries: [
          summary('oi-3', 'Open', { 'self-healing-at': undefined }),
          summary('oi-4', 'Open', { 'self-healing-alert': { Value: `${KEY}d` } }),
        ],
      },
    ];
    expect(await port.find(KEY)).toEqual([
      { id: 'oi-1', isOpen: false, at: AT },
      { id: 'oi-2', isOpen: true, at: AT },
      { id: 'oi-3', isOpen: true, at: '' },
    ]);
    expect(sent.map(({ input }) => input.NextToken)).toEqual([undefined, 'more']);
    expect(sent[0]?.input.OpsItemFilters).toContainEqual({
      ...{ Key: 'OperationalData', Operator: 'Equal' },
      Values: [JSON.stringify({ key: 'self-healing-alert', value: KEY })],
    });
  });

  it('renews one without a change of its status, and resolves one without a change of its words', async () => {
    await port.renew('oi-1', item);
    await port.resolve('oi-1', { ...item, title: 'RECOVERED' });
    const [renewed, resolved] = sent.map(({ input }) => input);
    expect(renewed).toMatchObject({ OpsItemId: 'oi-1', Title: 'NEEDS YOU', Description: 'all of it' });
    expect(renewed).not.toHaveProperty('Status');
    expect(resolved).toMatchObject({
      OpsItemId: 'oi-1',
      Status: 'Resolved',
      OperationalData: { 'self-healing-ended': { Value: 'RECOVERED' } },
    });
    expect(resolved).not.toHaveProperty('Title');
  });
});
