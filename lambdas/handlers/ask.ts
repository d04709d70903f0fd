import { historyLog } from '../adapters/cloudwatch-logs.ts';
import { approvals } from '../adapters/dynamodb/approvals.ts';
import { incidentTable } from '../adapters/dynamodb/incident-table.ts';
import type { AskPorts } from '../steps/ask.ts';
import { environment } from './environment.ts';
import { linkPorts } from './link-ports.ts';
import { onTheWay } from './notices.ts';
import { askHandler } from './workflow-functions.ts';

const history = historyLog(environment('HISTORY_LOG_GROUP'), 'ask');
const table = incidentTable(environment('INCIDENT_TABLE'));
const { notifier, metrics } = onTheWay(history);
const ports: AskPorts = {
  approvals: approvals(table),
  ...{ history, notifier, metrics },
  ...linkPorts(environment('PIPELINE'), table),
};

/** Asks people; the workflow goes on when the token that comes beside its state is given back. */
export const handler = askHandler(ports);
