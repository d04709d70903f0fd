import { incidentMetrics } from '../adapters/cloudwatch/metrics.ts';
import { historyLog } from '../adapters/cloudwatch-logs.ts';
import { storms } from '../adapters/dynamodb/storms.ts';
import type { TriagePorts } from '../steps/triage.ts';
import { environment, environmentIfSet } from './environment.ts';
import { triageOrConsider } from './former-give-back.ts';
import { onTheWay } from './notices.ts';
import { snapshotPorts, table } from './snapshot-ports.ts';
import { stepHandler } from './step-handler.ts';

const history = historyLog(environment('HISTORY_LOG_GROUP'), 'triage');
const told = onTheWay(history);
const ports: TriagePorts = {
  ...snapshotPorts,
  history,
  metrics: incidentMetrics(environment('PIPELINE'), environmentIfSet('INCIDENT_METRICS') !== undefined),
  storms: storms(table),
};

/** Decides what happens next with an incident. */
export const handler = stepHandler((state, now) => triageOrConsider(state, ports, now, told));
