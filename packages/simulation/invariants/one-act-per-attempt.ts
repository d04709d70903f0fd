import { repeated } from './acts-in-time.ts';
import { inWords } from './in-flight.ts';
import type { Invariant } from './invariant.ts';

export const oneActPerAttempt: Invariant = {
  name: 'one act for each attempt, and one for giving it back, however often events are delivered and steps are run',
  breaches: (history) =>
    repeated([...history.acts, ...history.returns], ({ by }) => `${by.execution} ${by.rung} ${by.givesBack}`).map((acts) =>
      acts.map((act) => inWords(act, history)).join(' and again '),
    ),
};
