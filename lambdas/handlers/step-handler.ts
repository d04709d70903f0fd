import { Logger } from '@aws-lambda-powertools/logger';
import type { Instant } from '../core/duration.ts';
import { Defect } from '../core/failure.ts';
import { issuesInWords } from '../core/signal.ts';
import { type WorkflowState, workflowStateSchema } from '../core/workflow-state.ts';

/** The function's own log. */
export type StepLogger = Pick<Logger, 'resetKeys' | 'appendKeys' | 'info' | 'error'>;

const ownLogger: StepLogger = new Logger({ serviceName: 'self-healing' });

/** Makes a workflow step a Lambda handler: checks the state, reads the clock once, logs what went in and what came out. */
export function stepHandler<Answer>(
  step: (state: WorkflowState, now: Instant) => Promise<Answer>,
  clock: () => Instant = Date.now,
  logger: StepLogger = ownLogger,
): (event: unknown) => Promise<Answer> {
  return async (event) => {
    const state = workflowStateSchema.safeParse(event);
    if (!state.success) throw new Defect(`not a workflow state: ${issuesInWords(state.error)}`, state.error);
    const { incident, policy } = state.data;
    logger.resetKeys();
    logger.appendKeys({ incident: incident.id, policy: policy.name, target: incident.target });
    try {
      const answer = await step(state.data, clock());
      logger.info('step done', { answer });
      return answer;
    } catch (error) {
      logger.error('step failed', { error });
      throw error;
    }
  };
}
