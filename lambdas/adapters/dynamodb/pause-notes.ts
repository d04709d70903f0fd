import type { PauseNote } from '../../core/pause-watch.ts';
import type { PauseNotes } from '../../core/ports.ts';
import { type IncidentTable, type Key, timeToLive } from './incident-table.ts';

/**
 * What the sweeps remember of a pause, in the incident table:
 *
 * | pk | sk | holds |
 * |---|---|---|
 * | `sweep` | `pause` | since when it lasts, and when people were told of it last; nothing of the two where it runs |
 */
export function pauseNotes(table: IncidentTable): PauseNotes {
  return {
    read: async () => (await table.get<{ readonly note?: PauseNote | null }>(key))?.note ?? undefined,
    write: (note, now) => table.set(key, { note: note ?? null, ttl: timeToLive(now) }),
  };
}

const key: Key = { pk: 'sweep', sk: 'pause' };
