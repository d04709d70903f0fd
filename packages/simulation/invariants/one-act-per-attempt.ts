import { inWords } from './in-flight.ts';
import type { Invariant } from './invariant.ts';

export const oneActPerAttempt: Invariant = {
  name: 'one act for each attempt, and one for giving it back, however often events are delivered and steps are run',
  breaches: (history) =>
    [...Map.groupBy([...history.acts, ...history.returns], ({ by }) => `${by.execution} ${by.rung} ${by.givesBack}`).values()]
      .filter((acts) => acts.length > 1)
      .map((acts) => acts.map((act) => inWords(act, history)).join(' and again ')),
};
