import { approvals } from '../adapters/approvals.ts';
import { claims } from '../adapters/claims.ts';
import { historyLog } from '../adapters/history-log.ts';
import { incidentMetrics } from '../adapters/incident-metrics.ts';
import { incidentStore } from '../adapters/incident-store.ts';
import { incidentTable } from '../adapters/incident-table.ts';
import { modeOverrides } from '../adapters/mode-overrides.ts';
import { notifier } from '../adapters/sns.ts';
import { storms } from '../adapters/storms.ts';
import type { ConcludePorts } from '../steps/conclude.ts';
import { reportHandler } from './due-step.ts';
import { environment } from './environment.ts';

const table = incidentTable(environment('INCIDENT_TABLE'));
const ports: ConcludePorts = {
  approvals: approvals(table),
  claims: claims(table),
  history: historyLog(environment('HISTORY_LOG_GROUP'), 'conclude'),
  metrics: incidentMetrics(environment('PIPELINE')),
  modes: modeOverrides(table),
  notifier: notifier(environment('TOPIC_ARN')),
  store: incidentStore(table),
  storms: storms(table),
};

/** Ends an incident, however it ended, and after it the giving back of what a remedy added. */
export const handler = reportHandler(ports);
