import { describe, expect, it } from 'vitest';
import { atOnce, repeated } from '../../invariants/acts-in-time.ts';

interface Act {
  readonly name: string;
  readonly at: number;
  readonly until: number;
}

const act = (name: string, at: number, until: number): Act => ({ name, at, until });
const named = (acts: readonly Act[]) =>
  atOnce(
    acts,
    ({ at }) => at,
    ({ until }) => until,
  ).map(({ act: { name }, others }) => [name, others.map((other) => other.name)]);

describe('what is under way at once', () => {
  it.each<[string, readonly Act[], readonly (readonly [string, readonly string[]])[]]>([
    [
      'one that is over before does not count',
      [act('a', 0, 5), act('b', 6, 9)],
      [
        ['a', []],
        ['b', []],
      ],
    ],
    [
      'one that ends at the moment does not count',
      [act('a', 0, 5), act('b', 5, 9)],
      [
        ['a', []],
        ['b', []],
      ],
    ],
    [
      'a long one meets each that begins meanwhile',
      [act('a', 0, 9), act('b', 1, 2), act('c', 3, 4)],
      [
        ['a', []],
        ['b', ['a']],
        ['c', ['a']],
      ],
    ],
    [
      'two of the same moment meet once',
      [act('a', 0, 5), act('b', 0, 5)],
      [
        ['a', []],
        ['b', ['a']],
      ],
    ],
    [
      'they need not be given in order',
      [act('b', 1, 2), act('a', 0, 5)],
      [
        ['a', []],
        ['b', ['a']],
      ],
    ],
  ])('%s', (_, acts, met) => {
    expect(named(acts)).toEqual(met);
  });
});

it('what is repeated has its key in common, and what has none is never repeated', () => {
  const acts = [act('a', 0, 1), act('a', 2, 3), act('b', 4, 5), act('', 6, 7), act('', 8, 9)];
  expect(repeated(acts, ({ name }) => (name === '' ? undefined : name))).toEqual([acts.slice(0, 2)]);
});
