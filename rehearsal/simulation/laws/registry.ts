import type { StoryHistory } from '../history-of-story.ts';
import { attempts } from './attempts.ts';
import { blastRadius } from './blast-radius.ts';
import { budget } from './budget.ts';
import { claimsAreGivenBack } from './claims-are-given-back.ts';
import { cooldown } from './cooldown.ts';
import { everyIncidentEnds } from './every-incident-ends.ts';
import { heldByTheIncident } from './held-by-the-incident.ts';
import type { Law } from './law.ts';
import { nothingAfterTheEnd } from './nothing-after-the-end.ts';
import { oneActInFlight } from './one-act-in-flight.ts';
import { oneActPerAttempt } from './one-act-per-attempt.ts';
import { onlyTheTarget } from './only-the-target.ts';
import { pauseStops } from './pause-stops.ts';
import { reportedOnce } from './reported-once.ts';
import { rungsGoUp } from './rungs-go-up.ts';
import { writtenFirst } from './written-first.ts';

/** Every law; each is judged by what the services saw, not by the pipeline's own word. */
export const laws: readonly Law[] = [
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
];

/** Every breach of every law, each as `law: what`. */
export function breaches(history: StoryHistory): readonly string[] {
  return laws.flatMap((law) => law.breaches(history).map((breach) => `${law.name}: ${breach}`));
}
