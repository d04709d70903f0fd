import { blastRadius, budget, pause } from './acts-of-all.ts';
import { attempts, cooldown, excluded, oneActInFlight, oneActPerAttempt, writtenFirst } from './acts-on-a-target.ts';
import { deadLettersAreMadeGood, everyEndIsTold, everyIncidentEnds, everySymptomIsTakenUp } from './ends.ts';
import type { Invariant, LastingInvariant } from './invariant.ts';

/** Judged again and again while acts happen. */
export const invariants: readonly Invariant[] = [
  writtenFirst,
  oneActPerAttempt,
  oneActInFlight,
  cooldown,
  attempts,
  blastRadius,
  budget,
  pause,
  excluded,
];

/** Judged when all is over. */
export const lastingInvariants: readonly LastingInvariant[] = [
  everyIncidentEnds,
  everyEndIsTold,
  everySymptomIsTakenUp,
  deadLettersAreMadeGood,
];
