import { incidentMetrics } from '../adapters/cloudwatch/metrics.ts';
import { historyLog } from '../adapters/cloudwatch-logs.ts';
import { approvals } from '../adapters/dynamodb/approvals.ts';
import { claims } from '../adapters/dynamodb/claims.ts';
import { incidentStore } from '../adapters/dynamodb/incident-store.ts';
import { incidentTable } from '../adapters/dynamodb/incident-table.ts';
import { modeOverrides } from '../adapters/dynamodb/mode-overrides.ts';
import { storms } from '../adapters/dynamodb/storms.ts';
import type { ConcludePorts } from '../steps/conclude.ts';
import { environment, environmentIfSet } from './environment.ts';
import { notices } from './notices.ts';
import { conclusionHandler } from './workflow-functions.ts';

const history = historyLog(environment('HISTORY_LOG_GROUP'), 'conclude');
const table = incidentTable(environment('INCIDENT_TABLE'));
const ports: ConcludePorts = {
  approvals: approvals(table),
  claims: claims(table),
  history,
  metrics: incidentMetrics(environment('PIPELINE'), environmentIfSet('INCIDENT_METRICS') !== undefined),
  modes: modeOverrides(table),
  notifier: notices(history),
  store: incidentStore(table),
  storms: storms(table),
};

/** Ends an incident, however it ended. */
export const handler = conclusionHandler(ports);
