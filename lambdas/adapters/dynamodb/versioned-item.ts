import { TryAgain } from '../../core/failure.ts';
import { type IncidentTable, jitter, type Key, type Write } from './incident-table.ts';
import type { ReadItem } from './reads-together.ts';

/** Tries against other writers of the same items; each loss means that another writer made progress. */
export const TRIES = 8;

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

/**
 * Changes a versioned value against other writers of it; one that stays the same is not written. Answers the value that stands then.
 *
 * @throws TryAgain when another writer came first each time
 */
export async function changeVersioned<Value>(
  table: IncidentTable,
  key: Key,
  read: () => Promise<Versioned<Value>>,
  change: (value: Value) => Value,
): Promise<Value> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const current = await read();
    const value = change(current.value);
    if (value === current.value || !(await table.transact([nextVersion(key, current, value)]))) return value;
    await jitter();
  }
  throw new TryAgain(`${key.pk} is contended`, undefined);
}

/** The check that the value is still the one that was read. */
export function sameVersion(key: Key, { version }: Versioned<unknown>): Write {
  return { kind: 'check', key, condition: unchanged(version) };
}

function unchanged(version: number) {
  return { ConditionExpression: 'attribute_not_exists(pk) OR version = :version', ExpressionAttributeValues: { ':version': version } };
}
