import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { BatchGetCommand, DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { TryAgain } from '../../core/failure.ts';
import { burstClient, reading } from '../aws-call.ts';
import { CONFLICT_TRIES, type IncidentTable, incidentTable, jitter, type Key } from './incident-table.ts';
import { type ReadItem, type ReadItems, readsTogether } from './reads-together.ts';

const nameOf = ({ pk, sk }: Key) => `${pk} ${sk}`;

/** Reads items of the incident table by BatchGetItem. What DynamoDB holds back is asked for again, and never taken for missing. */
export function batchReads(TableName: string, client: DynamoDBClient): ReadItems {
  const documents = DynamoDBDocumentClient.from(client);
  return async <Item>(keys: readonly Key[]) => {
    const found = new Map<string, Item>();
    // DynamoDB refuses a key that is named twice.
    let left: Record<string, unknown>[] = [...new Map(keys.map((key) => [nameOf(key), { pk: key.pk, sk: key.sk }])).values()];
    for (let tries = 0; left.length > 0; tries += 1) {
      if (tries === CONFLICT_TRIES) throw new TryAgain('read the incident table: some items were held back again and again', undefined);
      if (tries > 0) await jitter(tries);
      const command = new BatchGetCommand({ RequestItems: { [TableName]: { Keys: left, ConsistentRead: true } } });
      const answer = await reading('read the incident table', () => documents.send(command));
      for (const item of answer.Responses?.[TableName] ?? []) found.set(nameOf(item as unknown as Key), item as Item);
      left = answer.UnprocessedKeys?.[TableName]?.Keys ?? [];
    }
    return keys.map((key) => found.get(nameOf(key)));
  };
}

/** The incident table, and with it the reads of one moment by one request. Both have the same connections. */
export function incidentTableWithBatches(
  TableName: string,
  client = new DynamoDBClient(burstClient),
): { readonly table: IncidentTable; readonly readItem: ReadItem } {
  const table = incidentTable(TableName, client);
  return { table, readItem: readsTogether(table.get, batchReads(TableName, client)) };
}
