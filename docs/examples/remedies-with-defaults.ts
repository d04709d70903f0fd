import { Remedy, type RemedyRung } from '../../lib/remedy.ts';

type Kind = RemedyRung['remediator']['targets'][number];

/** A rung of every remedy that acts on such a target and asks for no parameters. Nobody needs such a ladder; it keeps the example complete when a remedy is added. */
export function remediesWithDefaults(kind: Kind): readonly RemedyRung[] {
  return Object.values(Remedy)
    .map((sentence) => sentence())
    .filter(({ remediator: { targets, params } }) => targets.includes(kind) && params.safeParse({}).success);
}
