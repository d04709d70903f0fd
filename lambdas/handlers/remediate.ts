import { remediator } from '#remediator';
import { incidentMetrics } from '../adapters/cloudwatch/metrics.ts';
import { historyLog } from '../adapters/cloudwatch-logs.ts';
import { claims } from '../adapters/dynamodb/claims.ts';
import { incidentStore } from '../adapters/dynamodb/incident-store.ts';
import { incidentTable } from '../adapters/dynamodb/incident-table.ts';
import { modeOverrides } from '../adapters/dynamodb/mode-overrides.ts';
import type { GiveBackPorts } from '../steps/give-back/act.ts';
import type { RemediatePorts } from '../steps/remediate.ts';
import { environment } from './environment.ts';
import { remediateOrGiveBack } from './former-give-back.ts';
import { pauses } from './pauses.ts';
import { remedyPorts } from './remedy-ports.ts';
import { stepHandler } from './step-handler.ts';

const table = incidentTable(environment('INCIDENT_TABLE'));

export const ports: RemediatePorts & GiveBackPorts = {
  ...remedyPorts,
  claims: claims(table),
  history: historyLog(environment('HISTORY_LOG_GROUP'), remediator.name),
  metrics: incidentMetrics(environment('PIPELINE')),
  modes: modeOverrides(table),
  pauseSwitch: pauses(),
  store: incidentStore(table),
};

/** Climbs one rung with the one remediator that this function was bundled with. */
export const handler = stepHandler((state, now) => remediateOrGiveBack(state, remediator, environment('DOCUMENT_NAME'), ports, now));
