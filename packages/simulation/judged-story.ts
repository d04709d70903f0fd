import { historyText } from './history-text.ts';
import { invariants } from './invariants/registry.ts';
import { type PlayOptions, playStory } from './play-story.ts';
import type { Story } from './story.ts';
import { synthesizedStack } from './synthesized-stack.ts';

/**
 * Plays a story and judges it by invariants, all of them unless some are named.
 *
 * @throws with every breach and with the history, which a property test shrinks to the shortest
 */
export async function judgeStory(
  story: Story,
  options: PlayOptions & { readonly only?: string; readonly stack?: object } = {},
): Promise<void> {
  const history = await playStory(story, { ...synthesizedStack(), ...options.stack }, options);
  const judged = options.only === undefined ? invariants : invariants.filter(({ name }) => name === options.only);
  if (judged.length === 0) throw new RangeError(`there is no invariant "${options.only}"`);
  const found = judged.flatMap((invariant) => invariant.breaches(history).map((breach) => `${invariant.name}: ${breach}`));
  if (found.length > 0) throw new Error(`${found.join('\n')}\n\nThe history (story seed ${story.seed}):\n${historyText(history)}`);
}
