import { historyLog } from '../adapters/cloudwatch-logs.ts';
import { approvalLinks } from '../adapters/dynamodb/approval-links.ts';
import { approvals } from '../adapters/dynamodb/approvals.ts';
import { incidentTable } from '../adapters/dynamodb/incident-table.ts';
import { workflowAdmin } from '../adapters/step-functions/workflow.ts';
import { approvalLinkSettings } from '../core/approval-link-settings.ts';
import { approvalLinkRequests } from './approval-link-requests.ts';
import { environment, environmentIfSet } from './environment.ts';

const table = incidentTable(environment('INCIDENT_TABLE'));
const stateMachine = environment('STATE_MACHINE_ARN');
const [, , , region = '', account = ''] = stateMachine.split(':');

/** The page of the links that answer questions, at a URL of its own. */
export const handler = approvalLinkRequests({
  links: approvalLinks(table),
  answers: approvals(table),
  workflow: workflowAdmin(stateMachine),
  history: historyLog(environment('HISTORY_LOG_GROUP'), 'answer-by-link'),
  holders: approvalLinkSettings(environmentIfSet('APPROVAL_LINKS')).to,
  place: { pipeline: environment('PIPELINE'), account, region },
});
