/** Dimension names and values of a metric, or the attributes of an alarm contributor. */
export type Dimensions = Readonly<Record<string, string>>;

/** One text per dimension set, whatever the order in which the dimensions were given. */
export function dimensionKey(dimensions: Dimensions): string {
  return JSON.stringify(Object.entries(dimensions).sort(([left], [right]) => (left < right ? -1 : 1)));
}

/** One text per metric: namespace, name and exact dimension set. */
export function seriesKey(namespace: string, name: string, dimensions: Dimensions): string {
  return JSON.stringify([namespace, name, dimensionKey(dimensions)]);
}

/** The API's list of `{Name, Value}` as a map. */
export function fromDimensionList(list: readonly { Name: string; Value: string }[]): Dimensions {
  return Object.fromEntries(list.map(({ Name, Value }) => [Name, Value]));
}
