import { historyLog } from '../adapters/cloudwatch-logs.ts';
import { claims } from '../adapters/dynamodb/claims.ts';
import { incidentStore } from '../adapters/dynamodb/incident-store.ts';
import { incidentTable } from '../adapters/dynamodb/incident-table.ts';
import { modeOverrides } from '../adapters/dynamodb/mode-overrides.ts';
import { policyRecords } from '../adapters/ssm/policy-records.ts';
import type { Next } from '../core/next.ts';
import type { RemedyPorts } from '../core/ports.ts';
import type { Remediator } from '../remediators/remediator.ts';
import { type GiveBackPorts, giveBack } from '../steps/give-back/act.ts';
import { environment } from './environment.ts';
import { pauses } from './pauses.ts';
import { stepHandler } from './step-handler.ts';

/** Gives back what the one remedy added that a function is bundled with. */
export function handlerOf(remediator: Remediator, remedyPorts: RemedyPorts): (event: unknown) => Promise<Next> {
  const table = incidentTable(environment('INCIDENT_TABLE'));
  const ports: GiveBackPorts = {
    ...remedyPorts,
    claims: claims(table),
    history: historyLog(environment('HISTORY_LOG_GROUP'), remediator.name),
    modes: modeOverrides(table),
    pauseSwitch: pauses(),
    policyRecords: policyRecords(environment('PIPELINE')),
    store: incidentStore(table),
  };
  return stepHandler((state, now) => giveBack(state, remediator, environment('DOCUMENT_NAME'), ports, now));
}
