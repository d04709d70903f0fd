import type { RemedySuccess } from './remedy-success.ts';

/** Fewer tries say little; the number is a choice, not a measurement. */
const ENOUGH_TRIES = 3;

/** Below this share of its tries a remedy costs more time than it saves. */
const LEAST_SHARE = 0.2;

/** What to make of a remedy's success; undefined where there is nothing to say. */
export function remedyAdvice({ tries, helped, share }: Pick<RemedySuccess, 'tries' | 'helped' | 'share'>): string | undefined {
  if (tries < ENOUGH_TRIES) return undefined;
  if (helped === 0) return 'it never helped: take it out of the ladder';
  return share < LEAST_SHARE ? 'it seldom helps: put what helps before it' : undefined;
}
