import type { BrokenWorkflow, RepairNote } from '../../core/broken-workflow.ts';
import { iso } from '../../core/duration.ts';
import type { RepairNotes } from '../../core/ports.ts';
import { type IncidentTable, type Key, timeToLive } from './incident-table.ts';

interface NoteItem {
  readonly incident: string;
  readonly note: RepairNote;
}

/** Sorts after every time. */
const LAST = 'broken#~';

/**
 * What the sweeps remember, in the incident table:
 *
 * | pk | sk | holds |
 * |---|---|---|
 * | `sweep` | `broken#<time>#<incident>` | what was done about a workflow that broke at that time |
 */
export function repairNotes(table: IncidentTable): RepairNotes {
  return {
    async since(instant) {
      const items = await table.between<NoteItem>('sweep', `broken#${iso(instant)}`, LAST);
      return new Map(items.map(({ incident, note }) => [incident, note]));
    },

    write: (broken, note) => table.set(noteKey(broken), { incident: broken.incidentId, note, ttl: timeToLive(note.at) }),
  };
}

function noteKey({ incidentId, brokenAt }: BrokenWorkflow): Key {
  return { pk: 'sweep', sk: `broken#${iso(brokenAt)}#${incidentId}` };
}
