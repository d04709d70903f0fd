import type { Duration } from '../core/duration.ts';
import type { Rung } from '../core/policy.ts';
import { longestOf } from './longest-of.ts';

/**
 * The longest that an act of the rung may be under way. A function is bundled so that it loads the remedies only for a policy of an
 * earlier version, which does not say it.
 *
 * @returns undefined where there is no such remediator
 */
export async function longestActOf(rung: Pick<Rung, 'remedy' | 'params' | 'longest'>): Promise<Duration | undefined> {
  return longestOf(rung);
}
