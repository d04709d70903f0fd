import { expect, it } from 'vitest';
import { cached } from '../../../lambdas/core/cached.ts';

it('an answer is worked out once for each key, also where it is none', () => {
  const asked: string[] = [];
  const lengthOf = cached((name: string) => {
    asked.push(name);
    return name === '' ? undefined : name.length;
  });
  expect(['a', 'bb', 'a', '', 'bb', ''].map(lengthOf)).toEqual([1, 2, 1, undefined, 2, undefined]);
  expect(asked).toEqual(['a', 'bb', '']);
});
