import { randomUUID } from 'node:crypto';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { SharedAws } from '@self-healing/local-aws/testing/shared-aws.ts';
import { emptyClaimTable, fakeClaims } from '@self-healing/simulation/doubles/fake-claims.ts';
import { emptyIncidentItems, fakeStore } from '@self-healing/simulation/doubles/fake-store.ts';
import { emptyStormItems, fakeStorms } from '@self-healing/simulation/doubles/fake-storms.ts';
import { incidentTableWithBatches } from '../../lambdas/adapters/dynamodb/batch-reads.ts';
import { claims } from '../../lambdas/adapters/dynamodb/claims.ts';
import { incidentStore } from '../../lambdas/adapters/dynamodb/incident-store.ts';
import { type IncidentTable, incidentTable } from '../../lambdas/adapters/dynamodb/incident-table.ts';
import { storms } from '../../lambdas/adapters/dynamodb/storms.ts';
import type { Claims, IncidentStore, Storms } from '../../lambdas/core/ports.ts';

/** Claims and incidents that know of each other, as they do in one table. */
export interface IncidentPorts {
  readonly claims: Claims;
  readonly store: IncidentStore;
  readonly storms: Storms;
}

/** An empty incident table of the local AWS, with the keys that the stack gives it. */
export async function newIncidentTable(aws: SharedAws): Promise<IncidentTable> {
  return incidentTable(await newTableName(aws), new DynamoDBClient(aws.client));
}

/** The name of such a table. */
export async function newTableName(aws: SharedAws): Promise<string> {
  const TableName = `incidents-${randomUUID()}`;
  const client = new DynamoDBClient(aws.client);
  await client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      AttributeDefinitions: [
        { AttributeName: 'pk', AttributeType: 'S' },
        { AttributeName: 'sk', AttributeType: 'S' },
      ],
    }),
  );
  return TableName;
}

export async function realIncidentPorts(aws: SharedAws): Promise<IncidentPorts> {
  const { table, readItem } = incidentTableWithBatches(await newTableName(aws), new DynamoDBClient(aws.client));
  return { claims: claims(table, readItem), store: incidentStore(table), storms: storms(table) };
}

/** The same in memory. */
export function fakeIncidentPorts(): IncidentPorts {
  const table = emptyClaimTable();
  const items = emptyIncidentItems();
  const hasEnded = (incident: string) => items.endings.has(incident);
  return { claims: fakeClaims(table, hasEnded), store: fakeStore(items, table), storms: fakeStorms(emptyStormItems()) };
}
