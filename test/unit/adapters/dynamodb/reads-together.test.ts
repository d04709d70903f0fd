import { describe, expect, it } from 'vitest';
import type { Key } from '../../../../lambdas/adapters/dynamodb/incident-table.ts';
import { type ReadItem, type ReadItems, readsTogether } from '../../../../lambdas/adapters/dynamodb/reads-together.ts';

const key = (sk: string): Key => ({ pk: 'a', sk });

/** A table whose items hold their own key, and what was asked of it. */
function askedTable(refusal?: Error) {
  const asked: (readonly string[])[] = [];
  const read = async (keys: readonly Key[]) => {
    asked.push(keys.map(({ sk }) => sk));
    if (refusal) throw refusal;
    return keys.map(({ sk }) => (sk === 'missing' ? undefined : { sk }));
  };
  const alone = async (one: Key) => (await read([one]))[0];
  return { asked, readItem: readsTogether(alone as ReadItem, read as unknown as ReadItems) };
}

describe('reads of one moment', () => {
  it('are one request, and each has its own answer', async () => {
    const { asked, readItem } = askedTable();
    const found = await Promise.all(['x', 'missing', 'y'].map((sk) => readItem(key(sk))));
    expect(found).toEqual([{ sk: 'x' }, undefined, { sk: 'y' }]);
    expect(asked).toEqual([['x', 'missing', 'y']]);
  });

  it('that follow each other are asked for anew, since nothing is kept', async () => {
    const { asked, readItem } = askedTable();
    await readItem(key('x'));
    await readItem(key('x'));
    expect(asked).toEqual([['x'], ['x']]);
  });

  it('are as many requests as DynamoDB wants', async () => {
    const { asked, readItem } = askedTable();
    const found = await Promise.all(Array.from({ length: 150 }, (_, index) => readItem(key(String(index)))));
    expect(found.at(149)).toEqual({ sk: '149' });
    expect(asked.map(({ length }) => length)).toEqual([100, 50]);
  });

  it('all fail by what their request failed by', async () => {
    const { readItem } = askedTable(new Error('throttled'));
    const answers = await Promise.allSettled([readItem(key('x')), readItem(key('y'))]);
    expect(answers.map((answer) => answer.status === 'rejected' && String(answer.reason))).toEqual([
      'Error: throttled',
      'Error: throttled',
    ]);
  });
});
