import type { Instant } from './duration.ts';

/** What was free at a moment, in any unit. */
export interface FreeSpace {
  readonly at: Instant;
  readonly free: number;
}

/** Fewer hours than this say more of one job than of a trend. */
const LEAST_POINTS = 6;

const MILLISECONDS_PER_DAY = 86_400_000;

/**
 * Predicts in how many days nothing is free any more, by a straight line through what was seen (least squares). Undefined
 * where too little was seen, or where it does not shrink. A prediction is for people to read; nothing is decided by it.
 */
export function daysUntilFull(seen: readonly FreeSpace[]): number | undefined {
  const last = seen.toSorted((one, other) => one.at - other.at).at(-1);
  if (!last || seen.length < LEAST_POINTS) return undefined;
  const meanAt = mean(seen.map(({ at }) => at));
  const meanFree = mean(seen.map(({ free }) => free));
  const days = seen.map(({ at }) => (at - meanAt) / MILLISECONDS_PER_DAY);
  const spread = mean(days.map((day) => day ** 2));
  const slope = mean(seen.map(({ free }, index) => (days[index] ?? 0) * (free - meanFree))) / spread;
  return slope < 0 ? Math.max(0, last.free / -slope) : undefined;
}

/** The prediction as a clause: "full in about 3 days". */
export function fullInWords(days: number): string {
  if (days < 1) return 'full within a day';
  const whole = Math.round(days);
  return whole === 1 ? 'full in about a day' : `full in about ${whole} days`;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
