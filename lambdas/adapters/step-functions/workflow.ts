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

export function workflowAdmin(stateMachineArn: string, client = new SFNClient({})): WorkflowAdmin {
  return {
    async open(maxResults) {
      const command = new ListExecutionsCommand({ stateMachineArn, statusFilter: 'RUNNING', maxResults });
      const { executions = [] } = await reading('list the open incidents', () => client.send(command));
      return executions.flatMap(({ name }) => name ?? []);
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
