import { incidentMetrics } from '../adapters/cloudwatch/metrics.ts';
import { historyLog } from '../adapters/cloudwatch-logs.ts';
import { claims } from '../adapters/dynamodb/claims.ts';
import { incidentStore } from '../adapters/dynamodb/incident-store.ts';
import { incidentTable } from '../adapters/dynamodb/incident-table.ts';
import { modeOverrides } from '../adapters/dynamodb/mode-overrides.ts';
import type { Next } from '../core/next.ts';
import type { Remediator } from '../remediators/remediator.ts';
import type { GiveBackPorts } from '../steps/give-back/act.ts';
import type { RemediatePorts } from '../steps/remediate.ts';
import { environment, environmentIfSet } from './environment.ts';
import { remediateOrGiveBack } from './former-give-back.ts';
import { pauses } from './pauses.ts';
import { remedyPorts } from './remedy-ports.ts';
import { stepHandler } from './step-handler.ts';

/** What a remedy's function is given, whichever remedy it is. */
export function remediatePorts(remediator: Remediator): RemediatePorts & GiveBackPorts {
  const table = incidentTable(environment('INCIDENT_TABLE'));
  return {
    ...remedyPorts,
    claims: claims(table),
    history: historyLog(environment('HISTORY_LOG_GROUP'), remediator.name),
    metrics: incidentMetrics(environment('PIPELINE'), environmentIfSet('INCIDENT_METRICS') !== undefined),
    modes: modeOverrides(table),
    pauseSwitch: pauses(),
    store: incidentStore(table),
  };
}

/** Climbs one rung with the one remediator that a function is bundled with. */
export function handlerOf(remediator: Remediator): (event: unknown) => Promise<Next> {
  const ports = remediatePorts(remediator);
  return stepHandler((state, now) => remediateOrGiveBack(state, remediator, environment('DOCUMENT_NAME'), ports, now));
}
