import { expect, it } from 'vitest';
import { isSame } from '../../../lambdas/core/same.ts';

it.each<[unknown, unknown, boolean]>([
  [{ a: 1, b: { c: [1, 2] } }, { b: { c: [1, 2] }, a: 1 }, true],
  [{ a: 1, b: undefined }, { a: 1 }, true],
  [{ a: 1 }, { a: 1, b: 2 }, false],
  [[1, 2], [2, 1], false],
  [[], {}, false],
  [null, {}, false],
  [4, {}, false],
  ['a', ['a'], false],
  ['', {}, false],
  [4, 4, true],
  ['4', 4, false],
])('%j and %j say the same: %s', (one, other, same) => {
  expect(isSame(one, other)).toBe(same);
  expect(isSame(other, one)).toBe(same);
});
