import type { Duration } from '../core/duration.ts';
import type { Rung } from '../core/policy.ts';
import { remediatorNamed } from './registry.ts';
import { longestAct } from './remediator.ts';

/** The longest that an act of the rung may be under way. @returns undefined where it has no bound, or is over when it is answered */
export function longestOf({ remedy, params }: Pick<Rung, 'remedy' | 'params'>): Duration | undefined {
  const remediator = remediatorNamed(remedy);
  const given = remediator?.params.safeParse(params);
  return remediator && given?.success ? longestAct(remediator, given.data) : undefined;
}
