import { autoScalingGroups } from '../adapters/auto-scaling.ts';
import { alarms } from '../adapters/cloudwatch/alarms.ts';
import { incidentMetrics } from '../adapters/cloudwatch/metrics.ts';
import { historyLog } from '../adapters/cloudwatch-logs.ts';
import { deployments } from '../adapters/code-deploy.ts';
import { approvals } from '../adapters/dynamodb/approvals.ts';
import { claims } from '../adapters/dynamodb/claims.ts';
import { incidentStore } from '../adapters/dynamodb/incident-store.ts';
import { incidentTable } from '../adapters/dynamodb/incident-table.ts';
import { modeOverrides } from '../adapters/dynamodb/mode-overrides.ts';
import { providerEvents } from '../adapters/dynamodb/provider-events.ts';
import { storms } from '../adapters/dynamodb/storms.ts';
import { instances } from '../adapters/ec2/instances.ts';
import { loadBalancers } from '../adapters/elastic-load-balancing.ts';
import { databaseClusters } from '../adapters/rds/clusters.ts';
import { databases } from '../adapters/rds/databases.ts';
import { changeCalendars } from '../adapters/ssm/change-calendars.ts';
import { pauseSwitch } from '../adapters/ssm/pause-switch.ts';
import { publishedSelections } from '../adapters/ssm/published-selections.ts';
import type { TriagePorts } from '../steps/triage.ts';
import { environment } from './environment.ts';
import { stepHandler } from './step-handler.ts';
import { triageOrConsider } from './workflow-functions.ts';

const table = incidentTable(environment('INCIDENT_TABLE'));
const ports: TriagePorts = {
  alarms: alarms(),
  approvals: approvals(table),
  calendars: changeCalendars(),
  claims: claims(table),
  clusters: databaseClusters(),
  databases: databases(),
  deployments: deployments(),
  groups: autoScalingGroups(),
  history: historyLog(environment('HISTORY_LOG_GROUP'), 'triage'),
  instances: instances(),
  loadBalancers: loadBalancers(),
  metrics: incidentMetrics(environment('PIPELINE')),
  modes: modeOverrides(table),
  pauseSwitch: pauseSwitch(environment('PAUSE_PARAMETER')),
  pipelines: publishedSelections(environment('PIPELINE')),
  providerEvents: providerEvents(table),
  store: incidentStore(table),
  storms: storms(table),
};

/** Decides what happens next with an incident, or after it with what a remedy added. */
export const handler = stepHandler((state, now) => triageOrConsider(state, ports, now));
