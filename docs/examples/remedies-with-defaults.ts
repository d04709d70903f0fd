import type { TargetKind } from '../../lambdas/core/target.ts';
import { type RemedySentence, registry } from '../../lambdas/remediators/registry.ts';
import { Remedy, type RemedyRung } from '../../lib/remedy.ts';

/** A rung of every remedy that acts on such a target and asks for no parameters. Nobody needs such a ladder; it keeps the example complete when a remedy is added. */
export function remediesWithDefaults(kind: TargetKind): readonly RemedyRung[] {
  const names = Object.keys(registry) as RemedySentence[];
  return names
    .filter((name) => registry[name].targets.includes(kind) && registry[name].params.safeParse({}).success)
    .map((name) => Remedy[name]());
}
