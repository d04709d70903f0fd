/**
 * Items of the incident table live for months, so they outlast the names of their fields: what is called `summary` was once called
 * `deed`. They are written under the new name and read under both.
 */
export function withSummary<Item extends { readonly summary: string }>(item: Item): Item {
  const { deed: summary, ...rest } = item as Item & { readonly deed?: string };
  return summary === undefined ? item : { ...(rest as Item), summary };
}
