import { flightsBy, inWords, neighbours } from './in-flight.ts';
import type { Law } from './law.ts';

export const oneActInFlight: Law = {
  name: 'one act in flight on a target, over all policies',
  breaches: (history) =>
    [...flightsBy(history, ({ target }) => target).values()].flatMap((flights) =>
      neighbours(flights)
        .filter(([earlier, later]) => later.act.at < earlier.until && later.act.by.execution !== earlier.act.by.execution)
        .map(([earlier, later]) => `${inWords(later.act, history)} during ${inWords(earlier.act, history)}`),
    ),
};
