import { ExecutionAlreadyExists, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import type { Workflow } from '../../core/ports.ts';
import { reading } from '../aws-call.ts';
import { burstClient } from '../burst-client.ts';

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
