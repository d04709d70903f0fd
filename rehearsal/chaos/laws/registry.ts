import { blastRadius, budget, pause } from './acts-of-all.ts';
import { attempts, cooldown, excluded, oneActInFlight, oneActPerAttempt, writtenFirst } from './acts-on-a-target.ts';
import { deadLettersAreMadeGood, everyEndIsTold, everyIncidentEnds, everySymptomIsTakenUp } from './ends.ts';
import type { LastingLaw, Law } from './law.ts';

/** Judged again and again while acts happen. */
export const laws: readonly Law[] = [
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
export const lastingLaws: readonly LastingLaw[] = [everyIncidentEnds, everyEndIsTold, everySymptomIsTakenUp, deadLettersAreMadeGood];
