import type { Duration } from '../core/duration.ts';
import type { Rung } from '../core/policy.ts';
import { readTolerantly } from '../core/tolerant-reader.ts';
import { remediatorNamed } from './registry.ts';
import { longestAct } from './remediator.ts';

/**
 * The longest that an act of the rung may be under way: as its policy was deployed with, or of an earlier version what the remediator says.
 *
 * @returns undefined where there is no such remediator
 */
export function longestOf({ remedy, params, longest }: Pick<Rung, 'remedy' | 'params' | 'longest'>): Duration | undefined {
  if (longest) return longest;
  const remediator = remediatorNamed(remedy);
  if (!remediator) return undefined;
  const given = readTolerantly(remediator.params, params);
  return given.success ? longestAct(remediator, given.data) : undefined;
}
