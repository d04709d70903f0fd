import { DescribeExecutionCommand, GetExecutionHistoryCommand, ListExecutionsCommand, SFNClient } from '@aws-sdk/client-sfn';
import type { BrokenWorkflow } from '../../core/broken-workflow.ts';
import type { BrokenWorkflows } from '../../core/ports.ts';
import { reading } from '../aws-call.ts';

const words = { FAILED: 'failed', TIMED_OUT: 'timed out', ABORTED: 'was aborted' } as const;

/** The state that ends an incident. Its retries and the end of the execution make fewer events than one page has. */
const CONCLUSION = 'Conclude';
const EVENTS_A_PAGE = 100;

/** Executions of the healing workflow that ended otherwise than by concluding their incident. */
export function brokenWorkflows(stateMachineArn: string, client = new SFNClient({})): BrokenWorkflows {
  const arnOf = (incidentId: string) => `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${incidentId}`;
  return {
    async since(instant) {
      const found = await Promise.all((Object.keys(words) as (keyof typeof words)[]).map((status) => list(status, instant)));
      return found.flat();
    },

    async lastWords(incidentId) {
      const executionArn = arnOf(incidentId);
      const { input, error, cause } = await reading('describe the execution', () =>
        client.send(new DescribeExecutionCommand({ executionArn })),
      );
      const concluded = await conclusionInput(executionArn);
      return { state: JSON.parse(concluded ?? input ?? 'null'), why: [error, cause].filter((word) => word !== undefined).join(': ') };
    },
  };

  /** Step Functions lists executions that are over by when they stopped, the last first; one may have begun long ago and been redriven. */
  async function list(statusFilter: keyof typeof words, since: number): Promise<readonly BrokenWorkflow[]> {
    const found: BrokenWorkflow[] = [];
    let nextToken: string | undefined;
    do {
      const command = new ListExecutionsCommand({ stateMachineArn, statusFilter, nextToken });
      const page = await reading('list the executions', () => client.send(command));
      const executions = page.executions ?? [];
      for (const { name = '', stopDate } of executions) {
        const brokenAt = stopDate?.getTime() ?? 0;
        if (brokenAt >= since) found.push({ incidentId: name, brokenAt, how: words[statusFilter] });
      }
      const earliest = executions.at(-1)?.stopDate?.getTime();
      nextToken = earliest !== undefined && earliest < since ? undefined : page.nextToken;
    } while (nextToken);
    return found;
  }

  async function conclusionInput(executionArn: string): Promise<string | undefined> {
    const command = new GetExecutionHistoryCommand({ executionArn, reverseOrder: true, maxResults: EVENTS_A_PAGE });
    const { events = [] } = await reading('read the execution', () => client.send(command));
    return events.find(({ stateEnteredEventDetails }) => stateEnteredEventDetails?.name === CONCLUSION)?.stateEnteredEventDetails?.input;
  }
}
