import { describe, expect, it } from 'vitest';
import type { Condition } from '../../../../lambdas/adapters/dynamodb/incident-table.ts';
import { isFulfilled } from '../../economy/condition.ts';
import { ItemsInMemory, type TableRequest, tableInMemory } from '../../economy/table-in-memory.ts';

const item = { pk: 'a', sk: 'b', incident: 'one', expiresAt: 5, attempt: { result: 'not-taken' } };

describe('a condition', () => {
  it.each<[boolean, string]>([
    [true, 'attribute_exists(pk)'],
    [false, 'attribute_not_exists(pk)'],
    [true, 'attribute_not_exists(pk) OR #attempt.#result = :notTaken'],
    [true, 'incident = :one AND #expiresAt > :four'],
    [false, 'incident = :one AND #expiresAt > :five'],
    [true, 'attribute_not_exists(pk) OR (attribute_not_exists(noted) AND expiresAt <= :five)'],
    [false, 'attribute_not_exists(pk) OR missing = :one'],
  ])('is %s of an item: %s', (answer, ConditionExpression) => {
    const values = { ':one': 'one', ':four': 4, ':five': 5, ':notTaken': 'not-taken' };
    const condition: Condition = { ConditionExpression, ExpressionAttributeValues: values };
    expect(isFulfilled(condition, item)).toBe(answer);
  });

  it('that is not understood is refused', () => {
    expect(() => isFulfilled({ ConditionExpression: 'begins_with(pk, :a)' }, item)).toThrow('not understood');
  });
});

describe('the table in memory', () => {
  const made = () => {
    const requests: TableRequest[] = [];
    return {
      requests,
      table: tableInMemory(
        new ItemsInMemory(),
        (request) => void requests.push(request),
        async () => {},
      ),
    };
  };

  it('writes all of a transaction or nothing, and counts each part', async () => {
    const { table, requests } = made();
    const isNew = { ConditionExpression: 'attribute_not_exists(pk)' };
    await table.putNew({ pk: 'a', sk: 'there' });
    const refused = await table.transact([
      { kind: 'put', item: { pk: 'a', sk: 'new' } },
      { kind: 'put', item: { pk: 'a', sk: 'there' }, condition: isNew },
    ]);
    expect([refused, await table.get({ pk: 'a', sk: 'new' })]).toEqual([[false, true], undefined]);
    expect(requests.map(({ request, operations, writeUnits }) => [request, operations, writeUnits])).toEqual([
      ['dynamodb:PutItem', 1, 1],
      ['dynamodb:TransactWriteItems', 2, 4],
      ['dynamodb:GetItem', 1, 0],
    ]);
  });

  it('changes members of a map, and gives items in the order of their keys', async () => {
    const { table } = made();
    await table.putNew({ pk: 'a', sk: '2', value: { x: { until: 1 } } });
    await table.putNew({ pk: 'a', sk: '1' });
    await table.transact([{ kind: 'set', key: { pk: 'a', sk: '2' }, values: { 'value.x.until': 7 }, counted: ['version'] }]);
    expect(await table.between('a', '0', '3')).toEqual([
      { pk: 'a', sk: '1' },
      { pk: 'a', sk: '2', value: { x: { until: 7 } }, version: 1 },
    ]);
    expect((await table.last<{ sk: string }>('a', '0', '3', 1)).map(({ sk }) => sk)).toEqual(['2']);
  });

  it('refuses to change a member of nothing', async () => {
    await expect(made().table.set({ pk: 'a', sk: '1' }, { 'attempt.result': 'failed' })).rejects.toThrow('ValidationException');
  });
});
