import { Logger } from '@aws-lambda-powertools/logger';
import { describedAlarms } from '../adapters/cloudwatch/described-alarms.ts';
import { historyLog } from '../adapters/cloudwatch-logs.ts';
import { hubPauses } from '../adapters/dynamodb/hub-pause.ts';
import { incidentAdmin } from '../adapters/dynamodb/incident-admin.ts';
import { incidentTable } from '../adapters/dynamodb/incident-table.ts';
import { hubReports } from '../adapters/eventbridge.ts';
import { readManifest } from '../adapters/ssm/manifest.ts';
import { pauseSwitch } from '../adapters/ssm/pause-switch.ts';
import { workflowAdmin } from '../adapters/step-functions/workflow.ts';
import { applyHubPause, isFromAHub } from '../steps/hub/apply-hub-pause.ts';
import { type ReportToHubPorts, reportToHub } from '../steps/hub/report-to-hub.ts';
import { environment } from './environment.ts';

const logger = new Logger({ serviceName: 'self-healing' });
const pipeline = environment('PIPELINE');
const table = incidentTable(environment('INCIDENT_TABLE'));
const incidents = incidentAdmin(table);
const workflow = workflowAdmin(environment('STATE_MACHINE_ARN'));
const alarms = describedAlarms();
const [, , , , hubAccount = ''] = environment('HUB_BUS').split(':');

const ports: ReportToHubPorts = {
  ownPause: pauseSwitch(environment('PAUSE_PARAMETER')),
  hubPauses: hubPauses(table),
  reports: hubReports(pipeline, environment('LINK_BUS')),
  openWorkflows: (most) => workflow.open(most),
  async incident(id) {
    const known = await incidents.known(id);
    return known && { incident: known.incident, isOver: known.end !== undefined };
  },
  ownAlarms: () => alarms.beginning(`${pipeline}-watch-`),
  modes: async () => Object.values((await readManifest(pipeline))?.policies ?? {}),
};
const applying = { hubPauses: hubPauses(table), history: historyLog(environment('HISTORY_LOG_GROUP'), 'report-to-hub') };

/** Runs every few minutes, and for each pause that the hub sends; the report that follows is the confirmation. */
export async function handler(event: unknown): Promise<void> {
  if (isFromAHub(event)) logger.info('the hub sent its pause', { became: await applyHubPause(event, hubAccount, applying, Date.now()) });
  logger.info('reported', { report: await reportToHub(ports, environment('RELEASE'), Date.now()) });
}
