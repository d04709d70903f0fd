import { grouped } from './grouped.ts';
import type { HistoryLine } from './history-line.ts';

/** A symptom that comes and goes on one target, other than by being healed. */
export interface RestlessTarget {
  readonly policy: string;
  readonly target: string;
  /** It `passes` by itself, or it is `flapping`: the guardrail of that name stopped the healing of what does not stay healed. */
  readonly kind: 'passes' | 'flapping';
  readonly times: number;
  /** When it did so last, as ISO time. */
  readonly last: string;
}

/** Twice may be chance; the number is a choice, not a measurement. */
const PASSES_FROM = 3;

/** The reasons that tell of it; one of flapping has counted for itself already. */
const tellsOf: Readonly<Record<string, readonly [kind: RestlessTarget['kind'], from: number]>> = {
  'recovered-by-itself': ['passes', PASSES_FROM],
  'already-recovered': ['passes', PASSES_FROM],
  flapping: ['flapping', 1],
};

/** The restless targets, from the ends of incidents: most often first. */
export function restlessTargets(lines: readonly HistoryLine[]): readonly RestlessTarget[] {
  const ends = lines.flatMap(({ kind, policy, target, reason, at }) => {
    const known = Object.hasOwn(tellsOf, String(reason)) ? tellsOf[String(reason)] : undefined;
    return kind !== 'outcome' || target === undefined || known === undefined
      ? []
      : [{ policy, target, at, kind: known[0], from: known[1] }];
  });
  return [...grouped(ends, ({ policy, target, kind }) => JSON.stringify([policy, target, kind])).values()]
    .flatMap((all) => {
      const [first] = all;
      if (first === undefined || all.length < first.from) return [];
      const { policy, target, kind } = first;
      return [
        {
          policy,
          target,
          kind,
          times: all.length,
          last:
            all
              .map(({ at }) => at)
              .toSorted()
              .at(-1) ?? '',
        },
      ];
    })
    .toSorted((left, right) => right.times - left.times || left.target.localeCompare(right.target));
}
