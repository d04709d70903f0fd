import type { StormDebt, Storms } from '../../../lambdas/core/ports.ts';
import { type Arrival, isOwed, MOST_SIGHTED, type Storm } from '../../../lambdas/core/storm.ts';
import { targetKey } from '../../../lambdas/core/target.ts';

/** What the incident table holds of storms, by crowd. */
export interface StormItems {
  /** By key, in the order of the keys. */
  readonly arrivals: Map<string, Map<string, Arrival>>;
  readonly storms: Map<string, Storm>;
  readonly debts: Map<string, StormDebt>;
}

export function emptyStormItems(): StormItems {
  return { arrivals: new Map(), storms: new Map(), debts: new Map() };
}

/** Storms in memory. Nothing is awaited between check and write, which is the condition of the write. */
export function fakeStorms({ arrivals, storms, debts }: StormItems): Storms {
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

    async sight(crowd, { from, to = Number.POSITIVE_INFINITY }) {
      const storm = storms.get(crowd);
      const newest = all(crowd)
        .filter(({ at }) => at <= to)
        .slice(storm || to < Number.POSITIVE_INFINITY ? -MOST_SIGHTED : -MOST_SIGHTED - 1)
        .toReversed();
      return { arrivals: newest.filter(({ at }) => at >= from), ...(storm && { storm }) };
    },

    arrivals: async (crowd, instant) => all(crowd).filter(({ at }) => at >= instant),

    async put(crowd, storm, seen, debt) {
      const there = storms.get(crowd);
      if (there && there.version !== seen?.version) return there;
      const next = { ...storm, version: (seen?.version ?? 0) + 1 };
      storms.set(crowd, next);
      if (debt) debts.set(crowd, debt);
      return next;
    },

    async change(crowd, change) {
      const there = storms.get(crowd);
      const changed = there && change(there);
      if (!there || !changed || changed === there) return there;
      const next = { ...changed, version: there.version + 1 };
      storms.set(crowd, next);
      if (!isOwed(next)) debts.delete(crowd);
      return next;
    },

    debts: async () => [...debts].map(([crowd, debt]) => ({ ...debt, crowd })),
  };
}
