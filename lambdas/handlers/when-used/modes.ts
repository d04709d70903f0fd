import type { IncidentTable } from '../../adapters/dynamodb/incident-table.ts';
import type { ModeOverrides } from '../../core/ports.ts';
import { loadedWhenUsed } from './loaded-when-used.ts';

export const modes = (table: IncidentTable) =>
  loadedWhenUsed<ModeOverrides>({ read: true, demote: true }, async () =>
    (await import('../../adapters/dynamodb/mode-overrides.ts')).modeOverrides(table),
  );
