import { Logger } from '@aws-lambda-powertools/logger';
import { describedAlarms } from '../adapters/cloudwatch/described-alarms.ts';
import { historyLog, pastHistory } from '../adapters/cloudwatch-logs.ts';
import { deployedRules } from '../adapters/deployed-rules.ts';
import { askedDrills } from '../adapters/dynamodb/asked-drills.ts';
import { hubPauses } from '../adapters/dynamodb/hub-pause.ts';
import { incidentAdmin } from '../adapters/dynamodb/incident-admin.ts';
import { incidentTable } from '../adapters/dynamodb/incident-table.ts';
import { drillEvents, hubReports } from '../adapters/eventbridge.ts';
import { newDrillId } from '../adapters/new-drill-id.ts';
import { readManifest } from '../adapters/ssm/manifest.ts';
import { pauseSwitch } from '../adapters/ssm/pause-switch.ts';
import { workflowAdmin } from '../adapters/step-functions/workflow.ts';
import { applyHubPause, isFromAHub } from '../steps/hub/apply-hub-pause.ts';
import { followAskedDrill, type HoldAskedDrillPorts, holdAskedDrill, isDrillRequest } from '../steps/hub/hold-asked-drill.ts';
import { type ReportToHubPorts, reportToHub } from '../steps/hub/report-to-hub.ts';
import { environment, environmentIfSet } from './environment.ts';
import { groups } from './when-used/groups.ts';
import { instances } from './when-used/instances.ts';

const logger = new Logger({ serviceName: 'self-healing' });
const pipeline = environment('PIPELINE');
const table = incidentTable(environment('INCIDENT_TABLE'));
const incidents = incidentAdmin(table);
const workflow = workflowAdmin(environment('STATE_MACHINE_ARN'));
const [, , , region] = environment('STATE_MACHINE_ARN').split(':');
const alarms = describedAlarms();
const hub = environment('HUB_BUS');
const [, , , , hubAccount = ''] = hub.split(':');

const history = historyLog(environment('HISTORY_LOG_GROUP'), 'report-to-hub');

/** Set where the hub may ask for drills. */
const drills: HoldAskedDrillPorts | undefined =
  environmentIfSet('DRILLS_FOR_HUB') === undefined
    ? undefined
    : {
        notes: askedDrills(table),
        history,
        instances: instances(),
        groups: groups(),
        policyNames: async () => Object.keys((await readManifest(pipeline))?.policies ?? {}),
        policy: async (name) => deployedRules(undefined, (await readManifest(pipeline))?.buses).policy(pipeline, name),
        lines: pastHistory(environment('HISTORY_LOG_GROUP')).since,
        begin: drillEvents(pipeline).tell,
      };

const ports: ReportToHubPorts = {
  ownPause: pauseSwitch(environment('PAUSE_PARAMETER')),
  hubPauses: hubPauses(table),
  hub,
  reports: hubReports(pipeline, environment('LINK_BUS')),
  openWorkflows: (most) => workflow.open(most),
  async incident(id) {
    const known = await incidents.known(id);
    return known && { incident: known.incident, isOver: known.end !== undefined };
  },
  ownAlarms: () => alarms.beginning(`${pipeline}-watch-`),
  modes: async () => Object.values((await readManifest(pipeline))?.policies ?? {}),
  ...(drills && { drills: () => followAskedDrill(drills, Date.now()) }),
};
const applying = { hubPauses: hubPauses(table), history };

/** Runs every few minutes, and for each pause or request for a drill that the hub sends; the report that follows is the answer. */
export async function handler(event: unknown): Promise<void> {
  if (isFromAHub(event)) logger.info('the hub sent its pause', { became: await applyHubPause(event, hub, applying, Date.now()) });
  if (drills && isDrillRequest(event))
    logger.info('the hub asks for a drill', { became: await holdAskedDrill(event, hubAccount, newDrillId, drills, Date.now()) });
  logger.info('reported', { report: await reportToHub(ports, environment('RELEASE'), Date.now(), region) });
}
