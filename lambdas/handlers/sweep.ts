import { Logger } from '@aws-lambda-powertools/logger';
import { approvals } from '../adapters/approvals.ts';
import { brokenWorkflows } from '../adapters/broken-workflows.ts';
import { claims } from '../adapters/claims.ts';
import { alarms } from '../adapters/cloudwatch.ts';
import { historyLog } from '../adapters/history-log.ts';
import { incidentMetrics } from '../adapters/incident-metrics.ts';
import { incidentStore } from '../adapters/incident-store.ts';
import { incidentTable } from '../adapters/incident-table.ts';
import { modeOverrides } from '../adapters/mode-overrides.ts';
import { repairNotes } from '../adapters/repair-notes.ts';
import { signalRules } from '../adapters/signal-rules.ts';
import { notifier } from '../adapters/sns.ts';
import { storms } from '../adapters/storms.ts';
import { sweepMetrics } from '../adapters/sweep-metrics.ts';
import { type SweepPorts, type SweepReport, sweep } from '../steps/sweep.ts';
import { environment } from './environment.ts';

const logger = new Logger({ serviceName: 'self-healing' });
const table = incidentTable(environment('INCIDENT_TABLE'));
const ports: SweepPorts = {
  alarms: alarms(),
  approvals: approvals(table),
  broken: brokenWorkflows(environment('STATE_MACHINE_ARN')),
  claims: claims(table),
  history: historyLog(environment('HISTORY_LOG_GROUP'), 'sweep'),
  metrics: incidentMetrics(environment('PIPELINE')),
  modes: modeOverrides(table),
  notifier: notifier(environment('TOPIC_ARN')),
  repairNotes: repairNotes(table),
  rules: signalRules(environment('PIPELINE')),
  store: incidentStore(table),
  storms: storms(table),
  sweepMetrics: sweepMetrics(environment('PIPELINE')),
};

/** Runs every five minutes. */
export async function handler(): Promise<SweepReport> {
  const report = await sweep(ports, Date.now());
  logger.info('swept', { report });
  return report;
}
