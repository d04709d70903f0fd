import { describe, expect, it } from 'vitest';
import { failuresOf, fulfilled, severalAtOnce } from '../../../lambdas/steps/several-at-once.ts';

const numbers = Array.from({ length: 25 }, (_, index) => index);

describe('doing something for several at once', () => {
  it('begins in the order given, never more than so many at once, and answers in that order', async () => {
    const begun: number[] = [];
    let open = 0;
    let most = 0;
    const answers = await severalAtOnce(10, numbers, async (number) => {
      begun.push(number);
      open += 1;
      most = Math.max(most, open);
      // The later ones of ten are done first.
      for (let turn = 0; turn < 10 - (number % 10); turn += 1) await Promise.resolve();
      open -= 1;
      return number * 2;
    });
    expect(begun).toEqual(numbers);
    expect(most).toBe(10);
    expect(fulfilled(answers)).toEqual(numbers.map((number) => number * 2));
  });

  it('does the others where one fails, and tells of each that failed', async () => {
    const done: number[] = [];
    const answers = await severalAtOnce(10, numbers, async (number) => {
      if (number % 10 === 3) throw new Error(`number ${number}`);
      done.push(number);
    });
    expect(done).toHaveLength(22);
    expect(failuresOf(answers).map((failure) => (failure as Error).message)).toEqual(['number 3', 'number 13', 'number 23']);
  });

  it('is done at once with nothing to do', async () => {
    expect(await severalAtOnce(10, [], async () => {})).toEqual([]);
  });
});
