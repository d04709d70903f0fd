import { neighbours } from './acts-in-time.ts';
import { inWords } from './in-flight.ts';
import type { Invariant } from './invariant.ts';

export const rungsGoUp: Invariant = {
  name: 'the rungs of an incident only go up',
  breaches: (history) =>
    [...Map.groupBy(history.acts, ({ by }) => by.execution).values()].flatMap((acts) =>
      neighbours(acts)
        .filter(([earlier, later]) => (later.by.rung ?? -1) < (earlier.by.rung ?? -1))
        .map(([earlier, later]) => `${inWords(later, history)} after ${inWords(earlier, history)}`),
    ),
};
