import type { Random } from './random.ts';
import type { Hazards } from './story.ts';

/** How one run of a function goes wrong at one of its calls. */
export interface CallFault {
  readonly kind: 'killed' | 'lost' | 'throttled' | 'refused' | 'stuck';
  /** The call, counted from 0. */
  readonly call: number;
  /** Whether the call is carried out all the same; those that are throttled or refused never are. */
  readonly isCarriedOut: boolean;
}

/** Steps make up to about this many calls. */
const MOST_CALLS = 14;

/** Draws whether, how and where a run goes wrong. */
export function drawCallFault(random: Random, hazards: Hazards): CallFault | undefined {
  let chance = random();
  for (const kind of ['killed', 'lost', 'throttled', 'refused', 'stuck'] as const) {
    if (chance < hazards[kind]) {
      const call = Math.floor(random() * MOST_CALLS);
      return { kind, call, isCarriedOut: kind === 'lost' || ((kind === 'killed' || kind === 'stuck') && random() < 0.5) };
    }
    chance -= hazards[kind];
  }
  return undefined;
}
