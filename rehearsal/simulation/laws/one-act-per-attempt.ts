import { inWords } from './in-flight.ts';
import type { Law } from './law.ts';

export const oneActPerAttempt: Law = {
  name: 'one act for each attempt, however often events are delivered and steps are run',
  breaches: (history) =>
    [...Map.groupBy(history.acts, ({ by }) => `${by.execution} ${by.rung}`).values()]
      .filter((acts) => acts.length > 1)
      .map((acts) => acts.map((act) => inWords(act, history)).join(' and again ')),
};
