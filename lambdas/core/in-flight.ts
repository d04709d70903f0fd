import { after, type Duration, type Instant } from './duration.ts';
import type { Attempt } from './incident.ts';

/**
 * Until when the act may be under way, if nothing says before that it ended; undefined where it is not known, as of an attempt that an
 * earlier version wrote. An attempt without a receipt may be under way just as well: only the answer was lost.
 */
export function flightEnds({ at, longest }: { readonly at: Instant; readonly longest?: Duration | undefined }): Instant | undefined {
  return longest && after(at, longest);
}

/** The instant at which none of the attempts is in flight any more; undefined where none is now. */
export function allLandedAt(attempts: readonly Attempt[], now: Instant): Instant | undefined {
  const ends = attempts.map(landsAt).filter((end) => end > now);
  return ends.length === 0 ? undefined : Math.max(...ends);
}

/** When an act counts as ended, if nothing says so before: always, where it is judged, changes nothing, or does not say how long it takes. */
function landsAt({ acts, result, at, longest }: Attempt): Instant {
  const mayFly = acts && result === undefined;
  return (mayFly && flightEnds({ at, longest })) || Number.NEGATIVE_INFINITY;
}
