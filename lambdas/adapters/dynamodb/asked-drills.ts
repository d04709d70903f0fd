import { type AskedDrills, askedDrillsSchema } from '../../core/hub/asked-drill.ts';
import type { AskedDrillNotes } from '../../core/ports.ts';
import { readTolerantly } from '../../core/tolerant-reader.ts';
import type { IncidentTable, Key } from './incident-table.ts';
import { changeVersioned, readVersioned, type Versioned } from './versioned-item.ts';

/**
 * The drills that the hub asked for, in the incident table of a pipeline:
 *
 * | pk | sk | holds |
 * |---|---|---|
 * | `hub` | `drills` | the last one that was held and of each policy the last that was not whole, the last one that was refused, with a version |
 */
export function askedDrills(table: IncidentTable): AskedDrillNotes {
  const read = async (): Promise<Versioned<AskedDrills>> => {
    const { value, version } = await readVersioned<unknown>(table.get, key, {});
    const { data, error } = readTolerantly(askedDrillsSchema, value);
    // What cannot be read may say that one was held just now.
    if (!data) throw new Error(`what is kept of drills for the hub cannot be read: ${error.message}`);
    return { value: data, version };
  };
  return {
    read: async () => (await read()).value,
    change: (to) => changeVersioned(table, key, read, to),
  };
}

const key: Key = { pk: 'hub', sk: 'drills' };
