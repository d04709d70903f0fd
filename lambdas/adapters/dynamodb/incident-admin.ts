import type { Attempt, Incident } from '../../core/incident.ts';
import type { End } from '../../core/reasons.ts';
import { incidentStore } from './incident-store.ts';
import { type IncidentTable, incidentKey } from './incident-table.ts';

/** An incident as operators see it. */
export interface KnownIncident {
  readonly incident: Incident;
  readonly attempts: readonly Attempt[];
  /** @default - it is open */
  readonly end?: End;
}

export interface IncidentAdmin {
  /** Undefined for one that the table does not have: yet, or any more. */
  known(id: string): Promise<KnownIncident | undefined>;
}

/** The incidents of the table, for people to look at. */
export function incidentAdmin(table: IncidentTable): IncidentAdmin {
  const store = incidentStore(table);
  return {
    async known(id) {
      const [item, attempts] = await Promise.all([
        table.get<{ readonly incident?: Incident; readonly end?: End }>(incidentKey(id)),
        store.attempts(id),
      ]);
      return item?.incident && { incident: item.incident, attempts, ...(item.end && { end: item.end }) };
    },
  };
}
