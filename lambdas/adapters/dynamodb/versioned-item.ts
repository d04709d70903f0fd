import type { Key, Write } from './incident-table.ts';
import type { ReadItem } from './reads-together.ts';

/** A value that several writers change, each only if nobody else did since it was read. */
export interface Versioned<Value> {
  readonly value: Value;
  readonly version: number;
}

/** Reads a versioned value; one that was never written is version 0. */
export async function readVersioned<Value>(readItem: ReadItem, key: Key, never: Value): Promise<Versioned<Value>> {
  return (await readItem<Versioned<Value>>(key)) ?? { value: never, version: 0 };
}

/** The write of the next version, refused if another writer came first. */
export function nextVersion<Value>(key: Key, { version }: Versioned<Value>, value: Value): Write {
  return { kind: 'put', item: { ...key, value, version: version + 1 }, condition: unchanged(version) };
}

/** The check that the value is still the one that was read. */
export function sameVersion(key: Key, { version }: Versioned<unknown>): Write {
  return { kind: 'check', key, condition: unchanged(version) };
}

function unchanged(version: number) {
  return { ConditionExpression: 'attribute_not_exists(pk) OR version = :version', ExpressionAttributeValues: { ':version': version } };
}
