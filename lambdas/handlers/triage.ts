import { approvals } from '../adapters/approvals.ts';
import { autoScalingGroups } from '../adapters/auto-scaling.ts';
import { changeCalendars } from '../adapters/change-calendars.ts';
import { claims } from '../adapters/claims.ts';
import { alarms } from '../adapters/cloudwatch.ts';
import { deployments } from '../adapters/code-deploy.ts';
import { instances } from '../adapters/ec2.ts';
import { historyLog } from '../adapters/history-log.ts';
import { incidentMetrics } from '../adapters/incident-metrics.ts';
import { incidentStore } from '../adapters/incident-store.ts';
import { incidentTable } from '../adapters/incident-table.ts';
import { loadBalancers } from '../adapters/load-balancer.ts';
import { modeOverrides } from '../adapters/mode-overrides.ts';
import { pauseSwitch } from '../adapters/pause-switch.ts';
import { providerEvents } from '../adapters/provider-events.ts';
import { publishedSelections } from '../adapters/published-selections.ts';
import { databases } from '../adapters/rds.ts';
import { databaseClusters } from '../adapters/rds-clusters.ts';
import { storms } from '../adapters/storms.ts';
import type { TriagePorts } from '../steps/triage.ts';
import { decideDue } from './due-step.ts';
import { environment } from './environment.ts';
import { stepHandler } from './step-handler.ts';

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
export const handler = stepHandler((state, now) => decideDue(state, ports, now));
