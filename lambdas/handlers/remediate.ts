import { remediator } from '#remediator';
import { autoScalingGroups } from '../adapters/auto-scaling.ts';
import { incidentMetrics } from '../adapters/cloudwatch/metrics.ts';
import { historyLog } from '../adapters/cloudwatch-logs.ts';
import { noDatabaseSessions } from '../adapters/databases/no-sessions.ts';
import { claims } from '../adapters/dynamodb/claims.ts';
import { incidentStore } from '../adapters/dynamodb/incident-store.ts';
import { incidentTable } from '../adapters/dynamodb/incident-table.ts';
import { modeOverrides } from '../adapters/dynamodb/mode-overrides.ts';
import { instances } from '../adapters/ec2/instances.ts';
import { volumes } from '../adapters/ec2/volumes.ts';
import { databaseClusters } from '../adapters/rds/clusters.ts';
import { databases } from '../adapters/rds/databases.ts';
import { commands } from '../adapters/ssm/commands.ts';
import { pauseSwitch } from '../adapters/ssm/pause-switch.ts';
import { runbooks } from '../adapters/ssm/runbooks.ts';
import type { GiveBackPorts } from '../steps/give-back/act.ts';
import type { RemediatePorts } from '../steps/remediate.ts';
import { environment } from './environment.ts';
import { stepHandler } from './step-handler.ts';
import { remediateOrGiveBack } from './workflow-functions.ts';

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
export const handler = stepHandler((state, now) => remediateOrGiveBack(state, remediator, environment('DOCUMENT_NAME'), ports, now));
