import type { StormDebt, Storms } from '../../../lambdas/core/ports.ts';
import { type Arrival, MOST_READ, type Storm } from '../../../lambdas/core/storm.ts';
import { isOwed } from '../../../lambdas/core/storm-message.ts';
import { targetKey } from '../../../lambdas/core/target.ts';

/** What the incident table holds of storms, by id. */
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
  const all = (stormId: string): readonly Arrival[] => [...(arrivals.get(stormId)?.values() ?? [])];
  const newest = new Map<string, number>();
  return {
    async arrive(stormId, arrival) {
      const there = arrivals.get(stormId) ?? new Map<string, Arrival>();
      arrivals.set(stormId, there);
      const key = `${arrival.at}#${targetKey(arrival.target)}`;
      if (there.has(key)) return;
      const isLast = (newest.get(stormId) ?? 0) <= arrival.at;
      if (isLast) newest.set(stormId, arrival.at);
      there.set(key, arrival);
      if (!isLast) arrivals.set(stormId, new Map([...there].toSorted(([, left], [, right]) => left.at - right.at)));
    },

    async read(stormId, { from, to = Number.POSITIVE_INFINITY }) {
      const storm = storms.get(stormId);
      const newest = all(stormId)
        .filter(({ at }) => at <= to)
        .slice(storm || to < Number.POSITIVE_INFINITY ? -MOST_READ : -MOST_READ - 1)
        .toReversed();
      return { arrivals: newest.filter(({ at }) => at >= from), ...(storm && { storm }) };
    },

    arrivals: async (stormId, instant) => all(stormId).filter(({ at }) => at >= instant),

    async put(stormId, storm, seen, debt) {
      const there = storms.get(stormId);
      if (there && there.version !== seen?.version) return there;
      const next = { ...storm, version: (seen?.version ?? 0) + 1 };
      storms.set(stormId, next);
      if (debt) debts.set(stormId, debt);
      return next;
    },

    async change(stormId, change) {
      const there = storms.get(stormId);
      const changed = there && change(there);
      if (!there || !changed || changed === there) return there;
      const next = { ...changed, version: there.version + 1 };
      storms.set(stormId, next);
      if (!isOwed(next)) debts.delete(stormId);
      return next;
    },

    debts: async () => [...debts].map(([stormId, debt]) => ({ ...debt, stormId })),
  };
}
