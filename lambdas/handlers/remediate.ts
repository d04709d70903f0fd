import { incidentMetrics } from '../adapters/cloudwatch/metrics.ts';
import { historyLog } from '../adapters/cloudwatch-logs.ts';
import { claims } from '../adapters/dynamodb/claims.ts';
import { incidentStore } from '../adapters/dynamodb/incident-store.ts';
import { incidentTable } from '../adapters/dynamodb/incident-table.ts';
import { modeOverrides } from '../adapters/dynamodb/mode-overrides.ts';
import { policyRecords } from '../adapters/ssm/policy-records.ts';
import type { Next } from '../core/next.ts';
import type { RemedyPorts } from '../core/ports.ts';
import type { Remediator } from '../remediators/remediator.ts';
import type { GiveBackPorts } from '../steps/give-back/act.ts';
import type { RemediatePorts } from '../steps/remediate.ts';
import { environment, environmentIfSet } from './environment.ts';
import { remediateOrGiveBack } from './former-give-back.ts';
import { pauses } from './pauses.ts';
import { stepHandler } from './step-handler.ts';

/** What a remedy's function is given, beside what the remedy itself names. */
export function remediatePorts(remediator: Remediator, remedyPorts: RemedyPorts): RemediatePorts & GiveBackPorts {
  const table = incidentTable(environment('INCIDENT_TABLE'));
  return {
    ...remedyPorts,
    claims: claims(table),
    history: historyLog(environment('HISTORY_LOG_GROUP'), remediator.name),
    metrics: incidentMetrics(environment('PIPELINE'), environmentIfSet('INCIDENT_METRICS') !== undefined),
    modes: modeOverrides(table),
    pauseSwitch: pauses(),
    policyRecords: policyRecords(environment('PIPELINE')),
    store: incidentStore(table),
  };
}

/** Climbs one rung with the one remediator that a function is bundled with. */
export function handlerOf(remediator: Remediator, remedyPorts: RemedyPorts): (event: unknown) => Promise<Next> {
  const ports = remediatePorts(remediator, remedyPorts);
  return stepHandler((state, now) => remediateOrGiveBack(state, remediator, environment('DOCUMENT_NAME'), ports, now));
}
