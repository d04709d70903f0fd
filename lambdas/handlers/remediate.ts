import { remediator } from '#remediator';
import { autoScalingGroups } from '../adapters/auto-scaling.ts';
import { runbooks } from '../adapters/automation.ts';
import { claims } from '../adapters/claims.ts';
import { volumes } from '../adapters/ebs.ts';
import { instances } from '../adapters/ec2.ts';
import { historyLog } from '../adapters/history-log.ts';
import { incidentMetrics } from '../adapters/incident-metrics.ts';
import { incidentStore } from '../adapters/incident-store.ts';
import { incidentTable } from '../adapters/incident-table.ts';
import { modeOverrides } from '../adapters/mode-overrides.ts';
import { noDatabaseSessions } from '../adapters/no-database-sessions.ts';
import { pauseSwitch } from '../adapters/pause-switch.ts';
import { databases } from '../adapters/rds.ts';
import { databaseClusters } from '../adapters/rds-clusters.ts';
import { commands } from '../adapters/ssm.ts';
import type { GiveBackPorts } from '../steps/give-back.ts';
import type { RemediatePorts } from '../steps/remediate.ts';
import { actDue } from './due-step.ts';
import { environment } from './environment.ts';
import { stepHandler } from './step-handler.ts';

const table = incidentTable(environment('INCIDENT_TABLE'));

/** What every remedy is given. */
export const ports: RemediatePorts & GiveBackPorts = {
  claims: claims(table),
  clusters: databaseClusters(),
  commands: commands(),
  databases: databases(),
  groups: autoScalingGroups(),
  history: historyLog(environment('HISTORY_LOG_GROUP'), remediator.name),
  instances: instances(),
  metrics: incidentMetrics(environment('PIPELINE')),
  modes: modeOverrides(table),
  pauseSwitch: pauseSwitch(environment('PAUSE_PARAMETER')),
  runbooks: runbooks(),
  sessions: noDatabaseSessions,
  store: incidentStore(table),
  volumes: volumes(),
};

/** Climbs one rung with the one remediator that this function was bundled with, or gives back what it added. */
export const handler = stepHandler((state, now) => actDue(state, remediator, environment('DOCUMENT_NAME'), ports, now));
