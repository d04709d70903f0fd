/**
 * Finds what a history holds under a key. Each list is grouped once, when it is asked for first: a search through a hundred thousand for
 * each of as many would not end.
 *
 * @param keyOf Undefined for what nobody looks for
 */
export function groupedOnce<Item, Key>(
  keyOf: (item: Item) => Key | undefined,
): (items: readonly Item[] | ReadonlyMap<unknown, Item>, key: Key) => readonly Item[] {
  const known = new WeakMap<object, ReadonlyMap<Key | undefined, readonly Item[]>>();
  return (items, key) => {
    const groups = known.get(items) ?? Map.groupBy(items.values(), keyOf);
    known.set(items, groups);
    return groups.get(key) ?? [];
  };
}
