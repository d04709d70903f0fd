import { expect, it } from 'vitest';
import { cut } from '../../../../lambdas/core/notice/cut.ts';

it.each([
  ['abcd', 'abcd'],
  ['abcde', 'abc…'],
  ['ab😀', 'ab😀'],
  ['ab😀e', 'ab…'],
  ['a😀😀', 'a😀…'],
])('%s is cut to four at most, at no half of a character', (text, short) => {
  expect(cut(text, 4)).toBe(short);
});
