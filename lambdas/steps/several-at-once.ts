/**
 * Does something for each, so many at once: the next begins as soon as one is done, in the order given. One that fails keeps no other
 * from being done; the answers are in the order given.
 */
export async function severalAtOnce<Item, Answer>(
  most: number,
  items: readonly Item[],
  carryOut: (item: Item) => Promise<Answer>,
): Promise<readonly PromiseSettledResult<Answer>[]> {
  const answers: PromiseSettledResult<Answer>[] = [];
  const waiting = items.entries();
  const lane = async () => {
    for (const [index, item] of waiting) [answers[index]] = (await Promise.allSettled([carryOut(item)])) as [PromiseSettledResult<Answer>];
  };
  await Promise.all(Array.from({ length: Math.min(most, items.length) }, lane));
  return answers;
}

/** Why some of them failed. */
export function failuresOf(answers: readonly PromiseSettledResult<unknown>[]): readonly unknown[] {
  return answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason] : []));
}

/** What the others answered, in their order. */
export function fulfilled<Answer>(answers: readonly PromiseSettledResult<Answer>[]): readonly Answer[] {
  return answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
}
