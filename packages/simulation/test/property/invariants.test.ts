import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judgeStory } from '../../judged-story.ts';
import { playStory } from '../../play-story.ts';
import { runs, SOAK } from '../../random-input.ts';
import { someStory, wideStory } from '../../stories.ts';
import { synthesizedStack } from '../../synthesized-stack.ts';

/** Ends the search for a smaller counterexample while the test's own time lasts. */
const LONGEST_MILLISECONDS = 45_000 * SOAK;

describe('whatever befalls a fleet and the pipeline', () => {
  it('all invariants are kept', async () => {
    await fc.assert(
      fc.asyncProperty(someStory, (story) => judgeStory(story)),
      { numRuns: runs(50), interruptAfterTimeLimit: LONGEST_MILLISECONDS },
    );
  });

  it('all invariants are kept where groups overlap, machines die, sweeps come by, people answer and stop, and versions change', async () => {
    await fc.assert(
      fc.asyncProperty(wideStory, (story) => judgeStory(story)),
      { numRuns: runs(25), interruptAfterTimeLimit: LONGEST_MILLISECONDS },
    );
  });

  it('the same story has the same history, to the last line', async () => {
    const stack = synthesizedStack();
    await fc.assert(
      fc.asyncProperty(fc.oneof(someStory, wideStory), async (story) => {
        const [one, other] = [await playStory(story, stack), await playStory(structuredClone(story), stack)];
        expect(other).toEqual(one);
      }),
      { numRuns: runs(10), interruptAfterTimeLimit: LONGEST_MILLISECONDS },
    );
  });
});
