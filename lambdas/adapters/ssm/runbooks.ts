import { createHash } from 'node:crypto';
import {
  AutomationExecutionNotFoundException,
  DescribeDocumentCommand,
  GetAutomationExecutionCommand,
  InvalidDocument,
  SSMClient,
  StartAutomationExecutionCommand,
} from '@aws-sdk/client-ssm';
import type { RunbookExecution, Runbooks } from '../../core/ports.ts';
import { acting, actingClient, named, reading } from '../aws-call.ts';

/** How an automation can end well; every word that is in none of these sets is an end that is none. */
const succeeded = new Set(['Success', 'CompletedWithSuccess']);
const cancelled = new Set(['Cancelled', 'Rejected', 'ChangeCalendarOverrideRejected']);
const open = new Set([
  'Pending',
  'InProgress',
  'Waiting',
  'Cancelling',
  'PendingApproval',
  'Approved',
  'Scheduled',
  'RunbookInProgress',
  'PendingChangeCalendarOverride',
  'ChangeCalendarOverrideApproved',
]);

/** Automation of Systems Manager. Its client token makes a start that is repeated harmless. */
export function runbooks(client = new SSMClient({}), actor = new SSMClient(actingClient)): Runbooks {
  return {
    async isRunnable(document) {
      try {
        const { Document } = await client.send(new DescribeDocumentCommand({ Name: document }));
        return Document?.DocumentType === 'Automation' && Document.Status === 'Active';
      } catch (error) {
        if (error instanceof InvalidDocument) return false;
        return reading('describe the runbook', () => Promise.reject(error));
      }
    },

    async start({ document, assumeRole, parameters, token }) {
      const command = new StartAutomationExecutionCommand({
        DocumentName: document,
        Parameters: { ...mutable(parameters), ...(assumeRole !== undefined && { AutomationAssumeRole: [assumeRole] }) },
        ClientToken: clientToken(token),
      });
      return named('start the runbook', (await acting('start the runbook', () => actor.send(command))).AutomationExecutionId);
    },

    async execution(executionId) {
      try {
        const answer = await client.send(new GetAutomationExecutionCommand({ AutomationExecutionId: executionId }));
        const { AutomationExecutionStatus: status = 'unknown', FailureMessage } = answer.AutomationExecution ?? {};
        return { status: statusOf(status), detail: FailureMessage ?? status };
      } catch (error) {
        if (error instanceof AutomationExecutionNotFoundException) return undefined;
        return reading('read the runbook execution', () => Promise.reject(error));
      }
    },
  };
}

function statusOf(status: string): RunbookExecution['status'] {
  if (succeeded.has(status)) return 'succeeded';
  if (cancelled.has(status)) return 'cancelled';
  return open.has(status) ? 'running' : 'failed';
}

/** AWS takes a UUID; the same attempt always gives the same one. */
function clientToken(token: string): string {
  const digest = createHash('sha256').update(token).digest('hex');
  return [digest.slice(0, 8), digest.slice(8, 12), digest.slice(12, 16), digest.slice(16, 20), digest.slice(20, 32)].join('-');
}

function mutable(parameters: Readonly<Record<string, readonly string[]>>): Record<string, string[]> {
  return Object.fromEntries(Object.entries(parameters).map(([name, values]) => [name, [...values]]));
}
