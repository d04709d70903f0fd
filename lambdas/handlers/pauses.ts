import { hubPauses } from '../adapters/dynamodb/hub-pause.ts';
import { incidentTable } from '../adapters/dynamodb/incident-table.ts';
import { pauseRecord, pauseSwitch } from '../adapters/ssm/pause-switch.ts';
import { bothPauses, toldEntry } from '../core/hub/hub-pause.ts';
import type { HubPauses, PauseRecord, PauseSwitch } from '../core/ports.ts';
import { environment, environmentIfSet } from './environment.ts';

/** The pause that the hub set, as far as the pipeline has a hub. */
const theirs: HubPauses | undefined =
  environmentIfSet('HUB_BUS') === undefined ? undefined : hubPauses(incidentTable(environment('INCIDENT_TABLE')));

/** What pauses the pipeline: its own switch and, where it has a hub, that of the hub. Both are read at the same time. */
export function pauses(): PauseSwitch {
  const own = pauseSwitch(environment('PAUSE_PARAMETER'));
  if (!theirs) return own;
  return {
    async read() {
      const [ours, hub] = await Promise.all([own.read(), theirs.read()]);
      return bothPauses(ours, hub, Date.now());
    },
  };
}

/** What people are told the pipeline is paused by. */
export function toldPause(): PauseRecord {
  const own = pauseRecord(environment('PAUSE_PARAMETER'));
  if (!theirs) return own;
  return {
    async last() {
      const [ours, hub] = await Promise.all([own.last(), theirs.read()]);
      return toldEntry(ours, hub, Date.now());
    },
  };
}
