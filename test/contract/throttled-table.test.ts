import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { batchReads } from '../../lambdas/adapters/dynamodb/batch-reads.ts';
import { incidentTable } from '../../lambdas/adapters/dynamodb/incident-table.ts';

/** The codes of both parts of a cancelled transaction, as DynamoDB answers them; each is given once, then all is well. */
const cancellations: (readonly [string, string])[] = [];
/** How many writes of single items meet a transaction of another writer. */
let conflicts = 0;
/** Of how many items of a batch DynamoDB gives none for now; each number is used once, then it gives all. */
const heldBack: number[] = [];
let asked = 0;
let server: Server;

beforeAll(async () => {
  server = createServer((request, response) => {
    json(request).then((body) => {
      asked += 1;
      const codes = cancellations.shift();
      const refusal = codes ? cancelled(codes) : conflicts-- > 0 ? conflict : undefined;
      response.setHeader('content-type', 'application/x-amz-json-1.0');
      response.statusCode = refusal ? 400 : 200;
      response.end(JSON.stringify(refusal ?? batch(body as BatchRequest)));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => new Promise((resolve) => server.close(resolve)));
beforeEach(() => {
  cancellations.length = 0;
  conflicts = 0;
  heldBack.length = 0;
  asked = 0;
});

const conflict = {
  __type: 'com.amazonaws.dynamodb.v20120810#TransactionConflictException',
  message: 'Transaction is ongoing for the item',
};

function cancelled(codes: readonly [string, string]): object {
  return {
    __type: 'com.amazonaws.dynamodb.v20120810#TransactionCanceledException',
    Message: `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes.join(', ')}]`,
    CancellationReasons: codes.map((Code) => ({ Code })),
  };
}

interface BatchRequest {
  readonly RequestItems?: { readonly t: { readonly Keys: readonly object[]; readonly ConsistentRead: boolean } };
}

/** Every item is as its key; what is held back is told as DynamoDB tells it. */
function batch({ RequestItems }: BatchRequest): object {
  if (!RequestItems) return {};
  const { Keys, ConsistentRead } = RequestItems.t;
  const given = Keys.length - (heldBack.shift() ?? 0);
  const left = Keys.slice(given);
  return {
    Responses: { t: ConsistentRead ? Keys.slice(0, given) : [] },
    UnprocessedKeys: left.length > 0 ? { t: { Keys: left, ConsistentRead } } : {},
  };
}

function client() {
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return new DynamoDBClient({ endpoint, region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } });
}

function transact() {
  return incidentTable('t', client()).transact([
    { kind: 'put', item: { pk: 'a', sk: 'a' } },
    { kind: 'put', item: { pk: 'b', sk: 'b' } },
  ]);
}

describe('a transaction', () => {
  it.each([
    ['of which a part was throttled, as on a hot partition', 'ThrottlingError'],
    ['of which a part was beyond the throughput', 'ProvisionedThroughputExceeded'],
    ['that met another one', 'TransactionConflict'],
  ])('%s is made again', async (_, code) => {
    cancellations.push(['None', code], [code, 'None']);
    expect(await transact()).toBeUndefined();
    expect(asked).toBe(3);
  });

  it('that is throttled for seconds is to be tried again later, and is no defect', async () => {
    cancellations.push(...Array.from({ length: 20 }, () => ['ThrottlingError', 'None'] as const));
    await expect(transact()).rejects.toMatchObject({ name: 'TryAgain' });
    expect(asked).toBe(7);
  });

  it('that a condition refused is answered at once, also when another part was throttled', async () => {
    cancellations.push(['ThrottlingError', 'ConditionalCheckFailed']);
    expect(await transact()).toEqual([false, true]);
    expect(asked).toBe(1);
  });

  it('that is not valid is a defect', async () => {
    cancellations.push(['ValidationError', 'None']);
    await expect(transact()).rejects.toMatchObject({ name: 'Defect' });
  });
});

describe('a batch of reads', () => {
  const keys = ['a', 'b', 'c'].map((sk) => ({ pk: 'p', sk }));

  it('asks again for what was held back', async () => {
    heldBack.push(2, 1);
    expect(await batchReads('t', client())(keys)).toEqual(keys);
    expect(asked).toBe(3);
  });

  it('of which items are held back for seconds is to be tried again later, and never takes them for missing', async () => {
    heldBack.push(...Array.from({ length: 20 }, () => 1));
    await expect(batchReads('t', client())(keys)).rejects.toMatchObject({ name: 'TryAgain' });
    expect(asked).toBe(7);
  });
});

describe.each<[string, () => Promise<unknown>]>([
  ['a change', () => incidentTable('t', client()).set({ pk: 'p', sk: 's' }, { noted: true })],
  ['a new item', () => incidentTable('t', client()).putNew({ pk: 'p', sk: 's' })],
])('%s of one item that meets a transaction of another writer', (_, write) => {
  it('is made again', async () => {
    conflicts = 2;
    await write();
    expect(asked).toBe(3);
  });

  it('is to be tried again later where that lasts, and is no defect', async () => {
    conflicts = 20;
    await expect(write()).rejects.toMatchObject({ name: 'TryAgain' });
    expect(asked).toBe(7);
  });
});
