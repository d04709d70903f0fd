import type { Act, StoryHistory } from '../history-of-story.ts';
import { inWords } from './in-flight.ts';
import type { Invariant } from './invariant.ts';
import { LONGEST_STEP_MILLISECONDS } from './looks.ts';

function whyNot({ at, by }: Act, { pauses }: StoryHistory): string | undefined {
  const { pause } = by;
  if (!pause) return 'without reading the switch';
  if (pauses.some(({ from, to }) => pause.at >= from && pause.at < to)) return 'though the switch was read during a pause';
  if (pauses.some(({ from, to }) => at >= from + LONGEST_STEP_MILLISECONDS && at < to)) return 'long after the pause began';
  return undefined;
}

export const pauseStops: Invariant = {
  name: 'a pause stops every later act',
  breaches: (history) =>
    history.acts.flatMap((act) => {
      const why = whyNot(act, history);
      return why === undefined ? [] : [`${inWords(act, history)} ${why}`];
    }),
};
