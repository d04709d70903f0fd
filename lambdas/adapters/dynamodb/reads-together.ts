import DataLoader from 'dataloader';
import type { Key } from './incident-table.ts';

/** Most keys that BatchGetItem takes. */
const MOST_KEYS = 100;

/** Reads one item; undefined where there is none. */
export type ReadItem = <Item>(key: Key) => Promise<Item | undefined>;

/** Reads items by one request, in the order of their keys, at most a hundred. */
export type ReadItems = <Item>(keys: readonly Key[]) => Promise<readonly (Item | undefined)[]>;

/**
 * Makes one request of the reads that are asked for in the same moment. Each is consistent by itself, and they are not of one instant: whoever
 * acts by them has to have them checked by what is written. A read that is asked for alone is an ordinary one. Nothing is kept.
 */
export function readsTogether(readItem: ReadItem, readItems: ReadItems): ReadItem {
  const loader = new DataLoader<Key, unknown>(
    async (keys) => {
      const [only, ...more] = keys;
      return only && more.length === 0 ? [await readItem(only)] : readItems(keys);
    },
    { cache: false, maxBatchSize: MOST_KEYS },
  );
  return async <Item>(key: Key) => (await loader.load(key)) as Item | undefined;
}
