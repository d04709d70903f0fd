import { iso, milliseconds } from '../../core/duration.ts';
import { TryAgain } from '../../core/failure.ts';
import type { StormDebt, Storms } from '../../core/ports.ts';
import { type Arrival, LONGEST_STORM_TIME, MOST_READ, type Storm } from '../../core/storm.ts';
import { isOwed } from '../../core/storm-message.ts';
import { targetKey } from '../../core/target.ts';
import { type IncidentTable, jitter, type Key, type Write } from './incident-table.ts';

/** Longer than any time of a storm reaches back; later they tell nobody anything. */
const KEPT = 2 * milliseconds(LONGEST_STORM_TIME);

/** Tries against other writers of the same storm; looks at a storm are minutes apart. */
const TRIES = 8;

interface DebtItem {
  readonly sk: string;
  readonly debt: StormDebt;
}

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
 * | `storms` | `<group>#<symptom>` | what the message is made from that the storm owes |
 *
 * Each arrival is an item of its own, so that thousands at once contend for nothing; the storm sorts after them, so that
 * one query from the end brings it and the newest.
 */
export function storms(table: IncidentTable): Storms {
  return {
    async arrive(stormId, arrival, now) {
      await table.putNew({ ...arrivalKey(stormId, arrival), arrival, ttl: Math.floor((now + KEPT) / 1_000) });
    },

    async read(stormId, { from, to }) {
      if (to !== undefined) {
        const [there, items] = await Promise.all([
          table.get<StormItem>(stormKey(stormId)),
          table.last<ArrivalItem>(partition(stormId), `arrival#${iso(from)}`, `arrival#${iso(to)}#~`, MOST_READ),
        ]);
        return { arrivals: items.map(({ arrival }) => arrival), ...(there && { storm: there.storm }) };
      }
      const items = await table.last<ArrivalItem | StormItem>(partition(stormId), `arrival#${iso(from)}`, 'storm', MOST_READ + 1);
      const [storm] = items.flatMap((item) => ('storm' in item ? [item.storm] : []));
      return { arrivals: items.flatMap((item) => ('arrival' in item ? [item.arrival] : [])), ...(storm && { storm }) };
    },

    arrivals: async (stormId, since) =>
      (await table.between<ArrivalItem>(partition(stormId), `arrival#${iso(since)}`, 'arrival#~')).map(({ arrival }) => arrival),

    async put(stormId, storm, seen, debt) {
      const next = { ...storm, version: (seen?.version ?? 0) + 1 };
      const owed: Write[] = debt ? [{ kind: 'put', item: { ...debtKey(stormId), debt } }] : [];
      const refused = await table.transact([stormWrite(stormId, next, seen), ...owed]);
      if (!refused) return next;
      const there = await table.get<StormItem>(stormKey(stormId));
      if (!there) throw new TryAgain(`the storm of ${stormId} was taken away meanwhile`, undefined);
      return there.storm;
    },

    async change(stormId, change) {
      for (let tries = 0; tries < TRIES; tries += 1) {
        const there = await table.get<StormItem>(stormKey(stormId));
        const changed = there && change(there.storm);
        if (!there || !changed || changed === there.storm) return there?.storm;
        const next = { ...changed, version: there.storm.version + 1 };
        const settled: Write[] = isOwed(next) ? [] : [{ kind: 'delete', key: debtKey(stormId) }];
        if (!(await table.transact([stormWrite(stormId, next, there.storm), ...settled]))) return next;
        await jitter(tries);
      }
      throw new TryAgain(`the storm of ${stormId} is contended`, undefined);
    },

    debts: async () => (await table.between<DebtItem>('storms', '!', '~')).map(({ sk, debt }) => ({ ...debt, stormId: sk })),
  };
}

function debtKey(stormId: string): Key {
  return { pk: 'storms', sk: stormId };
}

function partition(stormId: string): string {
  return `crowd#${stormId}`;
}

function stormKey(stormId: string): Key {
  return { pk: partition(stormId), sk: 'storm' };
}

function arrivalKey(stormId: string, { at, target }: Arrival): Key {
  return { pk: partition(stormId), sk: `arrival#${iso(at)}#${targetKey(target)}` };
}

function stormWrite(stormId: string, storm: Storm, seen: Storm | undefined): Write {
  return {
    kind: 'put',
    item: { ...stormKey(stormId), storm },
    condition: seen
      ? { ConditionExpression: 'storm.version = :version', ExpressionAttributeValues: { ':version': seen.version } }
      : { ConditionExpression: 'attribute_not_exists(pk)' },
  };
}
