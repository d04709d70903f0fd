import {
  ExecutionAlreadyExists,
  InvalidToken,
  ListExecutionsCommand,
  SendTaskSuccessCommand,
  SFNClient,
  StartExecutionCommand,
  TaskDoesNotExist,
  TaskTimedOut,
} from '@aws-sdk/client-sfn';
import type { WaitingWorkflow, Workflow } from '../../core/ports.ts';
import { burstClient, reading } from '../aws-call.ts';

/** The healing workflow. The execution's name is what makes a second delivery of an event harmless. */
export function workflow(stateMachineArn: string, client = new SFNClient(burstClient)): Workflow {
  return {
    async start(incidentId, input) {
      const command = new StartExecutionCommand({ stateMachineArn, name: incidentId, input: JSON.stringify(input) });
      try {
        await client.send(command);
        return 'started';
      } catch (error) {
        if (error instanceof ExecutionAlreadyExists) return 'known';
        return reading('start the workflow', () => Promise.reject(error));
      }
    },
  };
}

/** The workflow as operators see it. */
export interface WorkflowAdmin extends WaitingWorkflow {
  /** Ids of the incidents that are open, newest first, at most so many. */
  open(atMost: number): Promise<readonly string[]>;
}

/** Step Functions lists no more at once, and may list fewer though there are more. */
const MOST_A_PAGE = 1_000;

export function workflowAdmin(stateMachineArn: string, client = new SFNClient({})): WorkflowAdmin {
  return {
    async open(atMost) {
      const found: string[] = [];
      let nextToken: string | undefined;
      do {
        const maxResults = Math.min(MOST_A_PAGE, atMost - found.length);
        const command = new ListExecutionsCommand({ stateMachineArn, statusFilter: 'RUNNING', maxResults, nextToken });
        const page = await reading('list the open incidents', () => client.send(command));
        found.push(...(page.executions ?? []).flatMap(({ name }) => name ?? []));
        nextToken = page.nextToken;
      } while (nextToken && found.length < atMost);
      return found;
    },

    async wake(taskToken) {
      try {
        await client.send(new SendTaskSuccessCommand({ taskToken, output: '{}' }));
        return 'woken';
      } catch (error) {
        if (error instanceof TaskTimedOut || error instanceof TaskDoesNotExist || error instanceof InvalidToken) return 'gone';
        return reading('wake the workflow', () => Promise.reject(error));
      }
    },
  };
}
