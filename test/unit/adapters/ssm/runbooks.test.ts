import type { SSMClient } from '@aws-sdk/client-ssm';
import { expect, it } from 'vitest';
import { runbooks } from '../../../../lambdas/adapters/ssm/runbooks.ts';

it.each([
  ['PendingApproval', 'running'],
  ['Cancelling', 'running'],
  ['CompletedWithSuccess', 'succeeded'],
  ['Cancelled', 'cancelled'],
  ['Rejected', 'cancelled'],
  ['ChangeCalendarOverrideRejected', 'cancelled'],
  ['TimedOut', 'failed'],
  ['Exited', 'failed'],
])('a runbook that Systems Manager shows as %s is %s', async (AutomationExecutionStatus, status) => {
  const client = { send: async () => ({ AutomationExecution: { AutomationExecutionStatus } }) } as unknown as SSMClient;
  expect(await runbooks(client, client).execution('e')).toEqual({ status, detail: AutomationExecutionStatus });
});
