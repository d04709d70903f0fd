import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { incidentTable } from '../../lambdas/adapters/dynamodb/incident-table.ts';

/** The codes of both parts of a cancelled transaction, as DynamoDB answers them; each is given once, then all is well. */
const cancellations: (readonly [string, string])[] = [];
let asked = 0;
let server: Server;

beforeAll(async () => {
  server = createServer((request, response) => {
    request.resume().on('end', () => {
      asked += 1;
      const codes = cancellations.shift();
      response.setHeader('content-type', 'application/x-amz-json-1.0');
      response.statusCode = codes ? 400 : 200;
      response.end(JSON.stringify(codes ? cancelled(codes) : {}));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => new Promise((resolve) => server.close(resolve)));
beforeEach(() => {
  cancellations.length = 0;
  asked = 0;
});

function cancelled(codes: readonly [string, string]): object {
  return {
    __type: 'com.amazonaws.dynamodb.v20120810#TransactionCanceledException',
    Message: `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes.join(', ')}]`,
    CancellationReasons: codes.map((Code) => ({ Code })),
  };
}

function transact() {
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const table = incidentTable('t', new DynamoDBClient({ endpoint, region: 'us-east-1', credentials }));
  return table.transact([
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
