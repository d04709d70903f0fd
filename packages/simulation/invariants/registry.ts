import type { StoryHistory } from '../history-of-story.ts';
import { approvedFirst } from './approved-first.ts';
import { attempts } from './attempts.ts';
import { blastRadius } from './blast-radius.ts';
import { breakerLearns } from './breaker-learns.ts';
import { budget } from './budget.ts';
import { claimsAreGivenBack } from './claims-are-given-back.ts';
import { claimsOutlastActs } from './claims-outlast-acts.ts';
import { cooldown } from './cooldown.ts';
import { everyIncidentEnds } from './every-incident-ends.ts';
import { flapping } from './flapping.ts';
import { healedOrTold } from './healed-or-told.ts';
import { healthyFloor } from './healthy-floor.ts';
import { heldByTheIncident } from './held-by-the-incident.ts';
import type { Invariant } from './invariant.ts';
import { judgedByTheSymptom } from './judged-by-the-symptom.ts';
import { nothingAfterTheEnd } from './nothing-after-the-end.ts';
import { oneActInFlight } from './one-act-in-flight.ts';
import { oneActPerAttempt } from './one-act-per-attempt.ts';
import { onlyTheIll } from './only-the-ill.ts';
import { onlyTheTarget } from './only-the-target.ts';
import { pauseStops } from './pause-stops.ts';
import { protectedTimes } from './protected-times.ts';
import { reportedOnce } from './reported-once.ts';
import { rungsGoUp } from './rungs-go-up.ts';
import { toldRecoveries } from './told-recoveries.ts';
import { writtenFirst } from './written-first.ts';
import { zones } from './zones.ts';

/** Every invariant; each is judged by what the services saw, not by the pipeline's own word. */
export const invariants: readonly Invariant[] = [
  oneActPerAttempt,
  writtenFirst,
  oneActInFlight,
  heldByTheIncident,
  cooldown,
  attempts,
  blastRadius,
  budget,
  rungsGoUp,
  pauseStops,
  onlyTheTarget,
  nothingAfterTheEnd,
  everyIncidentEnds,
  reportedOnce,
  claimsAreGivenBack,
  protectedTimes,
  toldRecoveries,
  approvedFirst,
  onlyTheIll,
  flapping,
  zones,
  breakerLearns,
  claimsOutlastActs,
  healthyFloor,
  judgedByTheSymptom,
  healedOrTold,
];

/** Every breach of every invariant, each as `invariant: what`. */
export function breaches(history: StoryHistory): readonly string[] {
  return invariants.flatMap((invariant) => invariant.breaches(history).map((breach) => `${invariant.name}: ${breach}`));
}
