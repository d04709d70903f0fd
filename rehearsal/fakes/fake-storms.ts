import type { Storms } from '../../lambdas/core/ports.ts';
import { type Arrival, MOST_SIGHTED, type Storm } from '../../lambdas/core/storm.ts';
import { targetKey } from '../../lambdas/core/target.ts';

/** What the incident table holds of storms, by crowd. */
export interface StormItems {
  /** By key, in the order of the keys. */
  readonly arrivals: Map<string, Map<string, Arrival>>;
  readonly storms: Map<string, Storm>;
}

export function emptyStormItems(): StormItems {
  return { arrivals: new Map(), storms: new Map() };
}

/** Storms in memory. Nothing is awaited between check and write, which is the condition of the write. */
export function fakeStorms({ arrivals, storms }: StormItems): Storms {
  const all = (crowd: string): readonly Arrival[] => [...(arrivals.get(crowd)?.values() ?? [])];
  return {
    async arrive(crowd, arrival) {
      const there = arrivals.get(crowd) ?? new Map<string, Arrival>();
      arrivals.set(crowd, there);
      const key = `${arrival.at}#${targetKey(arrival.target)}`;
      if (there.has(key)) return;
      const isLast = (all(crowd).at(-1)?.at ?? 0) <= arrival.at;
      there.set(key, arrival);
      if (!isLast) arrivals.set(crowd, new Map([...there].toSorted(([, left], [, right]) => left.at - right.at)));
    },

    async sight(crowd, instant) {
      const storm = storms.get(crowd);
      const newest = all(crowd)
        .slice(storm ? -MOST_SIGHTED : -MOST_SIGHTED - 1)
        .toReversed();
      return { arrivals: newest.filter(({ at }) => at >= instant), ...(storm && { storm }) };
    },

    arrivals: async (crowd, instant) => all(crowd).filter(({ at }) => at >= instant),

    async put(crowd, storm, seen) {
      const there = storms.get(crowd);
      if (there && there.version !== seen?.version) return there;
      const next = { ...storm, version: (seen?.version ?? 0) + 1 };
      storms.set(crowd, next);
      return next;
    },
  };
}
