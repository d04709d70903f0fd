import { historyLog } from '../adapters/cloudwatch-logs.ts';
import { claims } from '../adapters/dynamodb/claims.ts';
import { incidentStore } from '../adapters/dynamodb/incident-store.ts';
import { incidentTable } from '../adapters/dynamodb/incident-table.ts';
import { environment } from './environment.ts';
import { notices } from './notices.ts';
import { giveBackReportHandler } from './workflow-functions.ts';

const history = historyLog(environment('HISTORY_LOG_GROUP'), 'report-give-back');
const table = incidentTable(environment('INCIDENT_TABLE'));

/** Ends the giving back of what a remedy added, however it ended. */
export const handler = giveBackReportHandler({
  claims: claims(table),
  history,
  notifier: notices(history),
  store: incidentStore(table),
});
