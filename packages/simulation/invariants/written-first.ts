import { inWords } from './in-flight.ts';
import type { Invariant } from './invariant.ts';

export const writtenFirst: Invariant = {
  name: 'an attempt is written before its act, by the same run',
  breaches: (history) =>
    history.acts.filter(({ at, by }) => by.recordedAt === undefined || by.recordedAt > at).map((act) => inWords(act, history)),
};
