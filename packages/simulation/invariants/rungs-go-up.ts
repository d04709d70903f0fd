import { inWords, neighbours } from './in-flight.ts';
import type { Law } from './law.ts';

export const rungsGoUp: Law = {
  name: 'the rungs of an incident only go up',
  breaches: (history) =>
    [...Map.groupBy(history.acts, ({ by }) => by.execution).values()].flatMap((acts) =>
      neighbours(acts)
        .filter(([earlier, later]) => (later.by.rung ?? -1) < (earlier.by.rung ?? -1))
        .map(([earlier, later]) => `${inWords(later, history)} after ${inWords(earlier, history)}`),
    ),
};
