import { Remedy, type RemedyRung } from '../../lib/remedy.ts';

type Kind = RemedyRung['remediator']['targets'][number];

/** A rung of every remedy that acts on such a target and asks for no parameters. Nobody needs such a ladder; it keeps the example complete when a remedy is added. */
export function remediesWithDefaults(kind: Kind): readonly RemedyRung[] {
  const methods: readonly ((params: never) => RemedyRung)[] = Object.values(Remedy);
  return methods
    .map((method) => method({} as never))
    .filter(({ remediator: { targets, params } }) => targets.includes(kind) && params.safeParse({}).success);
}
