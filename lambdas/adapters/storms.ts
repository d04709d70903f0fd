import { iso, milliseconds } from '../core/duration.ts';
import { TryAgain } from '../core/failure.ts';
import type { Storms } from '../core/ports.ts';
import { type Arrival, MOST_SIGHTED, type Storm } from '../core/storm.ts';
import { targetKey } from '../core/target.ts';
import type { IncidentTable, Key, Write } from './incident-table.ts';

/** Longer than any storm's exit time; later they tell nobody anything. */
const KEPT = milliseconds({ days: 2 });

interface ArrivalItem {
  readonly sk: string;
  readonly arrival: Arrival;
}

interface StormItem {
  readonly sk: string;
  readonly storm: Storm;
}

/**
 * Storms in the incident table:
 *
 * | pk | sk | holds |
 * |---|---|---|
 * | `crowd#<group>#<symptom>` | `arrival#<time>#<target>` | one appearance of the symptom on a member |
 * | `crowd#<group>#<symptom>` | `storm` | the storm, if there is or was one |
 *
 * Each arrival is an item of its own, so that thousands at once contend for nothing; the storm sorts after them, so that
 * one query from the end brings it and the newest.
 */
export function storms(table: IncidentTable): Storms {
  return {
    async arrive(crowd, arrival) {
      await table.putNew({ ...arrivalKey(crowd, arrival), arrival, ttl: Math.floor((arrival.at + KEPT) / 1_000) });
    },

    async sight(crowd, since) {
      const items = await table.last<ArrivalItem | StormItem>(partition(crowd), `arrival#${iso(since)}`, 'storm', MOST_SIGHTED + 1);
      const [storm] = items.flatMap((item) => ('storm' in item ? [item.storm] : []));
      return { arrivals: items.flatMap((item) => ('arrival' in item ? [item.arrival] : [])), ...(storm && { storm }) };
    },

    arrivals: async (crowd, since) =>
      (await table.between<ArrivalItem>(partition(crowd), `arrival#${iso(since)}`, 'arrival#~')).map(({ arrival }) => arrival),

    async put(crowd, storm, seen) {
      const next = { ...storm, version: (seen?.version ?? 0) + 1 };
      const refused = await table.transact([stormWrite(crowd, next, seen)]);
      if (!refused) return next;
      const there = await table.get<StormItem>(stormKey(crowd));
      if (!there) throw new TryAgain(`the storm of ${crowd} was taken away meanwhile`, undefined);
      return there.storm;
    },
  };
}

function partition(crowd: string): string {
  return `crowd#${crowd}`;
}

function stormKey(crowd: string): Key {
  return { pk: partition(crowd), sk: 'storm' };
}

function arrivalKey(crowd: string, { at, target }: Arrival): Key {
  return { pk: partition(crowd), sk: `arrival#${iso(at)}#${targetKey(target)}` };
}

function stormWrite(crowd: string, storm: Storm, seen: Storm | undefined): Write {
  return {
    kind: 'put',
    item: { ...stormKey(crowd), storm },
    condition: seen
      ? { ConditionExpression: 'storm.version = :version', ExpressionAttributeValues: { ':version': seen.version } }
      : { ConditionExpression: 'attribute_not_exists(pk)' },
  };
}
