import { readdirSync, readFileSync } from 'node:fs';
import {
  CreateTableCommand,
  DeleteTableCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LocalAws, startLocalAws } from '../../local-aws.ts';
import { dynoxide } from '../../ministack/dynoxide.ts';
import { runFolderFor } from '../../ministack/leftovers.ts';

let aws: LocalAws;
beforeAll(async () => {
  aws = await startLocalAws();
});
afterAll(() => aws.stop());

const clientIn = (accessKeyId: string, region: string, endpoint = aws.endpoint) =>
  new DynamoDBClient({ endpoint, region, credentials: { accessKeyId, secretAccessKey: 'test' }, maxAttempts: 1 });
const usual = () => clientIn('test', 'us-east-1');

async function makeTable(client: DynamoDBClient, TableName: string): Promise<void> {
  const id = { AttributeName: 'id' } as const;
  await client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [{ ...id, KeyType: 'HASH' }],
      AttributeDefinitions: [{ ...id, AttributeType: 'S' }],
    }),
  );
}

const put = (client: DynamoDBClient, TableName: string, id: string) =>
  client.send(new PutItemCommand({ TableName, Item: { id: { S: id } } }));
const has = async (client: DynamoDBClient, TableName: string, id: string) =>
  (await client.send(new GetItemCommand({ TableName, Key: { id: { S: id } } }))).Item !== undefined;

/** The programs of this local AWS that keep items, as the kernel knows them. */
const keepers = () =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => commandLine(pid))
    .filter((line) => line.startsWith(`${runFolderFor(aws.upstreamPort)}/dynoxide-`));

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return ''; // It has ended meanwhile.
  }
}

describe('items', () => {
  it('are the same, asked for at the gateway or at MiniStack', async () => {
    const ministack = clientIn('test', 'us-east-1', `http://127.0.0.1:${aws.upstreamPort}`);
    await makeTable(usual(), 'both-ways');
    await put(usual(), 'both-ways', 'by the gateway');
    await put(ministack, 'both-ways', 'by MiniStack');
    expect(await has(ministack, 'both-ways', 'by the gateway')).toBe(true);
    expect(await has(usual(), 'both-ways', 'by MiniStack')).toBe(true);
  });

  it('of one account and Region are not there in another', async () => {
    const places = [
      usual(),
      clientIn('111111111111', 'us-east-1'),
      clientIn('111111111111', 'eu-central-1'),
      clientIn('test', 'eu-central-1'),
    ];
    for (const [place, client] of places.entries()) {
      await makeTable(client, 'everywhere');
      await put(client, 'everywhere', `in ${place}`);
    }
    for (const [place, client] of places.entries())
      for (const other of places.keys())
        expect(await has(client, 'everywhere', `in ${other}`), `${other} in ${place}`).toBe(other === place);
  });

  it('are gone with their table, also when a new one has its name', async () => {
    await makeTable(usual(), 'made-twice');
    await put(usual(), 'made-twice', 'old');
    await usual().send(new DeleteTableCommand({ TableName: 'made-twice' }));
    await expect(has(usual(), 'made-twice', 'old')).rejects.toThrow(expect.objectContaining({ name: 'ResourceNotFoundException' }));
    await makeTable(usual(), 'made-twice');
    expect(await has(usual(), 'made-twice', 'old')).toBe(false);
  });

  it('are written together or not at all, and say which part was refused', async () => {
    await makeTable(usual(), 'together');
    await put(usual(), 'together', 'taken');
    const parts = ['free', 'taken'].map((id) => ({
      Put: { TableName: 'together', Item: { id: { S: id } }, ConditionExpression: 'attribute_not_exists(id)' },
    }));
    await expect(usual().send(new TransactWriteItemsCommand({ TransactItems: parts }))).rejects.toThrow(
      expect.objectContaining({
        name: 'TransactionCanceledException',
        CancellationReasons: [expect.objectContaining({ Code: 'None' }), expect.objectContaining({ Code: 'ConditionalCheckFailed' })],
      }),
    );
    expect(await has(usual(), 'together', 'free')).toBe(false);
  });
});

describe.runIf(dynoxide)('Dynoxide', () => {
  it('runs for each account and Region in which there is a table, and ends with the local AWS', async () => {
    await makeTable(clientIn('222222222222', 'eu-west-1'), 'of-its-own');
    expect(keepers().some((line) => line.includes('dynoxide-222222222222-eu-west-1'))).toBe(true);
    await aws.stop();
    expect(keepers()).toEqual([]);
  });
});
