import { Logger } from '@aws-lambda-powertools/logger';
import { alarms } from '../adapters/cloudwatch/alarms.ts';
import { incidentMetrics, sweepMetrics } from '../adapters/cloudwatch/metrics.ts';
import { historyLog } from '../adapters/cloudwatch-logs.ts';
import { approvals } from '../adapters/dynamodb/approvals.ts';
import { claims } from '../adapters/dynamodb/claims.ts';
import { incidentStore } from '../adapters/dynamodb/incident-store.ts';
import { incidentTable } from '../adapters/dynamodb/incident-table.ts';
import { modeOverrides } from '../adapters/dynamodb/mode-overrides.ts';
import { repairNotes } from '../adapters/dynamodb/repair-notes.ts';
import { storms } from '../adapters/dynamodb/storms.ts';
import { signalRules } from '../adapters/eventbridge.ts';
import { notifier } from '../adapters/sns.ts';
import { brokenWorkflows } from '../adapters/step-functions/broken-workflows.ts';
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
