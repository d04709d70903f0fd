import { Logger } from '@aws-lambda-powertools/logger';
import { alarms } from '../adapters/cloudwatch/alarms.ts';
import { incidentMetrics, pauseMetrics, sweepMetrics } from '../adapters/cloudwatch/metrics.ts';
import { historyLog } from '../adapters/cloudwatch-logs.ts';
import { approvals } from '../adapters/dynamodb/approvals.ts';
import { claims } from '../adapters/dynamodb/claims.ts';
import { incidentStore } from '../adapters/dynamodb/incident-store.ts';
import { incidentTable } from '../adapters/dynamodb/incident-table.ts';
import { modeOverrides } from '../adapters/dynamodb/mode-overrides.ts';
import { pauseNotes } from '../adapters/dynamodb/pause-notes.ts';
import { repairNotes } from '../adapters/dynamodb/repair-notes.ts';
import { storms } from '../adapters/dynamodb/storms.ts';
import { signalRules } from '../adapters/eventbridge.ts';
import { brokenWorkflows } from '../adapters/step-functions/broken-workflows.ts';
import { pauseWatchSchema } from '../core/pause-watch.ts';
import { type SweepPorts, type SweepReport, sweep } from '../steps/sweep.ts';
import { type WatchPausePorts, watchPause } from '../steps/watch-pause.ts';
import { environment, environmentIfSet } from './environment.ts';
import { notices } from './notices.ts';
import { toldPause } from './pauses.ts';

const logger = new Logger({ serviceName: 'self-healing' });
const history = historyLog(environment('HISTORY_LOG_GROUP'), 'sweep');
const table = incidentTable(environment('INCIDENT_TABLE'));
const ports: SweepPorts = {
  alarms: alarms(),
  approvals: approvals(table),
  broken: brokenWorkflows(environment('STATE_MACHINE_ARN')),
  claims: claims(table),
  history,
  metrics: incidentMetrics(environment('PIPELINE'), environmentIfSet('INCIDENT_METRICS') !== undefined),
  modes: modeOverrides(table),
  notifier: notices(history),
  repairNotes: repairNotes(table),
  rules: signalRules(environment('PIPELINE'), undefined, environmentIfSet('EVENT_BUSES')?.split(',')),
  store: incidentStore(table),
  storms: storms(table),
  sweepMetrics: sweepMetrics(environment('PIPELINE')),
};

const pausePorts: WatchPausePorts = {
  history: ports.history,
  notifier: ports.notifier,
  pauseMetrics: pauseMetrics(environment('PIPELINE')),
  pauseNotes: pauseNotes(table),
  pauseRecord: toldPause(),
};
const pauseWatch = { pipeline: environment('PIPELINE'), ...pauseWatchSchema.parse(JSON.parse(environment('PAUSE_WATCH'))) };

/** Runs every five minutes. What the pause is told by does not keep the sweep from its work, nor the other way round. */
export async function handler(): Promise<SweepReport> {
  const now = Date.now();
  const [swept, watched] = await Promise.allSettled([sweep(ports, now), watchPause(pausePorts, pauseWatch, now)]);
  if (watched.status === 'rejected') logger.error('the pause was not watched', { error: watched.reason });
  if (swept.status === 'rejected') throw swept.reason;
  const report = swept.value;
  if (watched.status === 'rejected') throw watched.reason;
  logger.info('swept', { report });
  return report;
}
