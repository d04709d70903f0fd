import type { Upstream } from '@self-healing/local-aws/gateway/service.ts';
import { incidentKey } from '../../lambdas/adapters/dynamodb/incident-table.ts';

/** Name of the stack's table of incidents. */
export async function incidentTableOf(upstream: Upstream): Promise<string> {
  const { TableNames = [] } = (await upstream.call('dynamodb', 'ListTables', {})) as { TableNames?: readonly string[] };
  const [name] = TableNames;
  if (name === undefined) throw new Error('the stack has no table');
  return name;
}

/** Whether all is done that an incident's end asks for. Its line of the history comes first, the message to people after it. */
export async function isConcluded(incidentId: string, upstream: Upstream): Promise<boolean> {
  const { pk, sk } = incidentKey(incidentId);
  const { Item } = (await upstream.call('dynamodb', 'GetItem', {
    TableName: await incidentTableOf(upstream),
    Key: { pk: { S: pk }, sk: { S: sk } },
  })) as { Item?: Readonly<Record<string, { readonly BOOL?: boolean }>> };
  return Item?.written?.BOOL === true && Item.told?.BOOL === true;
}
