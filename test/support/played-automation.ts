import { randomUUID } from 'node:crypto';
import { AwsError, type Supplement } from '../../rehearsal/local-aws/supplement.ts';

/** The one runbook that there is. */
export const RUNBOOK = 'Shop-DrainQueue';

/** Systems Manager's Automation as far as a start, its client token and an end that is decided at once. Nothing is run. */
export function playedAutomation(endOf: (document: string) => 'Success' | 'Failed' = () => 'Success'): Supplement {
  const executions = new Map<string, { readonly token: unknown; readonly document: string }>();
  return {
    service: 'ssm',
    note: 'Automation executions are written down and end at once; no runbook is run.',
    actions: {
      async DescribeDocument({ Name }) {
        if (Name !== RUNBOOK) throw new AwsError('InvalidDocument', `Document with name ${String(Name)} does not exist.`);
        return { Document: { Name, DocumentType: 'Automation', Status: 'Active' } };
      },
      async StartAutomationExecution({ ClientToken, DocumentName }) {
        const [known] = [...executions].find(([, { token }]) => token === ClientToken) ?? [];
        const AutomationExecutionId = known ?? randomUUID();
        executions.set(AutomationExecutionId, { token: ClientToken, document: String(DocumentName) });
        return { AutomationExecutionId };
      },
      async GetAutomationExecution({ AutomationExecutionId }) {
        const execution = executions.get(String(AutomationExecutionId));
        if (!execution) throw new AwsError('AutomationExecutionNotFoundException', 'Automation execution was not found.');
        const AutomationExecutionStatus = endOf(execution.document);
        return { AutomationExecution: { AutomationExecutionId, AutomationExecutionStatus } };
      },
    },
  };
}
