import { inWords } from './in-flight.ts';
import type { Invariant } from './invariant.ts';

export const heldByTheIncident: Invariant = {
  name: 'a target is acted on only while the incident holds its lease',
  breaches: (history) =>
    [...history.acts, ...history.returns]
      .filter(({ leaseOf, by }) => leaseOf !== by.execution)
      .map((act) => `${inWords(act, history)}, while ${act.leaseOf?.slice(0, 8) ?? 'nobody'} holds it`),
};
