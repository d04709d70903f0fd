import type { StormDebt, Storms } from '../../../lambdas/core/ports.ts';
import { type Arrival, MOST_READ, type Storm } from '../../../lambdas/core/storm.ts';
import { isOwed } from '../../../lambdas/core/storm-message.ts';
import { targetKey } from '../../../lambdas/core/target.ts';
import { placeAfter } from '../sorted-by-time.ts';

/** What the incident table holds of storms, by id. */
export interface StormItems {
  /** In the order of their times, each once. */
  readonly arrivals: Map<string, Arrival[]>;
  readonly storms: Map<string, Storm>;
  readonly debts: Map<string, StormDebt>;
}

export function emptyStormItems(): StormItems {
  return { arrivals: new Map(), storms: new Map(), debts: new Map() };
}

/** Storms in memory. Nothing is awaited between check and write, which is the condition of the write. */
export function fakeStorms({ arrivals, storms, debts }: StormItems): Storms {
  const all = (stormId: string): readonly Arrival[] => arrivals.get(stormId) ?? [];
  return {
    async arrive(stormId, arrival) {
      const there = arrivals.get(stormId) ?? [];
      arrivals.set(stormId, there);
      const place = placeAfter(there, arrival.at);
      const isKnown = there
        .slice(placeAfter(there, arrival.at - 1), place)
        .some(({ target }) => targetKey(target) === targetKey(arrival.target));
      if (!isKnown) there.splice(place, 0, arrival);
    },

    async read(stormId, { from, to = Number.POSITIVE_INFINITY }) {
      const storm = storms.get(stormId);
      const most = storm || to < Number.POSITIVE_INFINITY ? MOST_READ : MOST_READ + 1;
      const end = placeAfter(all(stormId), to);
      const newest = all(stormId)
        .slice(Math.max(0, end - most), end)
        .toReversed();
      return { arrivals: newest.filter(({ at }) => at >= from), ...(storm && { storm }) };
    },

    arrivals: async (stormId, instant) => all(stormId).slice(placeAfter(all(stormId), instant - 1)),

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
