import type { Duration } from '../core/duration.ts';
import type { Rung } from '../core/policy.ts';

/**
 * The longest that an act of the rung may be under way: as its policy was deployed with, or of an earlier version what the remediator says,
 * for which all of them are loaded.
 *
 * @returns undefined where there is no such remediator
 */
export async function longestActOf(rung: Pick<Rung, 'remedy' | 'params' | 'longest'>): Promise<Duration | undefined> {
  return rung.longest ?? (await import('./longest-of.ts')).longestOf(rung);
}
