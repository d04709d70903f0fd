import type { SSMClient } from '@aws-sdk/client-ssm';
import { expect, it } from 'vitest';
import { databaseRegister } from '../../../../lambdas/adapters/ssm/database-register.ts';

const connection = (host: string) =>
  ({ engine: 'mysql', host, port: 3306, database: 'd', login: { kind: 'iam', user: 'healer' } }) as const;

function registerOf(pages: readonly object[]) {
  const reads: string[] = [];
  const client = {
    send: async ({ input: { Path, NextToken = '0' } }: { input: { Path: string; NextToken?: string } }) => {
      reads.push(`${Path} ${NextToken}`);
      const next = Number(NextToken) + 1;
      return { Parameters: [{ Value: JSON.stringify(pages[Number(NextToken)]) }], ...(next < pages.length && { NextToken: String(next) }) };
    },
  } as unknown as SSMClient;
  return { reads, connectionTo: databaseRegister('/self-healing/healing/databases', client) };
}

it('the register of databases is read once, over all of its pages', async () => {
  const { reads, connectionTo } = registerOf([
    { orders: connection('orders.example.com') },
    { 'cluster:bills': connection('bills.example.com') },
  ]);
  expect(reads).toEqual([]);
  expect((await connectionTo('orders'))?.host).toBe('orders.example.com');
  expect((await connectionTo('cluster:bills'))?.host).toBe('bills.example.com');
  expect(reads).toEqual(['/self-healing/healing/databases 0', '/self-healing/healing/databases 1']);
});

it('a database that is not in the register as it was read is looked for once more, and may not be there', async () => {
  const { reads, connectionTo } = registerOf([{ orders: connection('orders.example.com') }]);
  await connectionTo('orders');
  expect(await connectionTo('bills')).toBeUndefined();
  expect(await connectionTo('constructor')).toBeUndefined();
  expect(reads).toHaveLength(3);
});
