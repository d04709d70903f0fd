import { randomUUID } from 'node:crypto';
import { AwsError, type Service } from '../gateway/service.ts';

/** The one runbook of the team that there is. */
export const RUNBOOK = 'Shop-DrainQueue';

/** AWS's own, which is simulated as one restart of the instance. */
const RESTART = 'AWS-RestartEC2Instance';

export interface SimulatedAutomationOptions {
  readonly endOf?: (document: string) => 'Success' | 'Failed';
  /** Stops and starts an instance. @default - nothing is done */
  readonly restart?: (instanceId: string) => Promise<void>;
}

interface Execution {
  readonly token: unknown;
  readonly document: string;
  end?: 'Success' | 'Failed';
}

interface RestartParameters {
  readonly InstanceId?: readonly string[];
}

/** Systems Manager's Automation as far as a start, its client token and an end. No runbook is run: AWS's restart is simulated, every other one ends at once. */
export function simulatedAutomation({ endOf = () => 'Success', restart = async () => {} }: SimulatedAutomationOptions = {}): Service {
  const executions = new Map<string, Execution>();
  const start = (token: unknown, document: string, { InstanceId = [] }: RestartParameters): string => {
    const execution: Execution = document === RESTART ? { token, document } : { token, document, end: endOf(document) };
    const id = randomUUID();
    executions.set(id, execution);
    if (document === RESTART)
      Promise.all(InstanceId.map(restart)).then(
        () => (execution.end = endOf(document)),
        () => (execution.end = 'Failed'),
      );
    return id;
  };
  return {
    service: 'ssm',
    note: 'Automation executions are written down; of the runbooks only the restart of instances is simulated.',
    actions: {
      async DescribeDocument({ Name }) {
        if (Name !== RUNBOOK) throw new AwsError('InvalidDocument', `Document with name ${String(Name)} does not exist.`);
        return { Document: { Name, DocumentType: 'Automation', Status: 'Active' } };
      },
      async StartAutomationExecution({ ClientToken, DocumentName, Parameters = {} }) {
        const [known] = [...executions].find(([, { token }]) => token === ClientToken) ?? [];
        return { AutomationExecutionId: known ?? start(ClientToken, String(DocumentName), Parameters as RestartParameters) };
      },
      async GetAutomationExecution({ AutomationExecutionId }) {
        const execution = executions.get(String(AutomationExecutionId));
        if (!execution) throw new AwsError('AutomationExecutionNotFoundException', 'Automation execution was not found.');
        const AutomationExecutionStatus = execution.end ?? 'InProgress';
        return { AutomationExecution: { AutomationExecutionId, AutomationExecutionStatus } };
      },
    },
  };
}
