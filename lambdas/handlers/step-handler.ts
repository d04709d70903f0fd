import { Logger } from '@aws-lambda-powertools/logger';
import type { Instant } from '../core/duration.ts';
import { Defect } from '../core/failure.ts';
import { inTodaysNames } from '../core/former-names.ts';
import { type Next, withNotes } from '../core/next.ts';
import { issuesInWords } from '../core/signal.ts';
import { readTolerantly } from '../core/tolerant-reader.ts';
import { type WorkflowState, workflowStateSchema } from '../core/workflow-state.ts';

/** The function's own log. */
export type StepLogger = Pick<Logger, 'resetKeys' | 'appendKeys' | 'info' | 'error'>;

const ownLogger: StepLogger = new Logger({ serviceName: 'self-healing' });

/** Reads the state that a step is given; undefined where it is none that the step can work with. */
export type StateReader = (event: unknown, now: Instant) => WorkflowState | undefined;

/** Of a state in which nothing is wrong; what this version does not know is left out. */
const everyField: StateReader = (event) => readTolerantly(workflowStateSchema, inTodaysNames(event)).data;

/** Makes a workflow step a Lambda handler: checks the state, reads the clock once, logs what went in and what came out. */
export function stepHandler<Answer>(
  step: (state: WorkflowState, now: Instant) => Promise<Answer>,
  clock: () => Instant = Date.now,
  logger: StepLogger = ownLogger,
  read: StateReader = everyField,
): (event: unknown) => Promise<Answer> {
  return async (event) => {
    const now = clock();
    const state = read(event, now);
    if (!state) {
      const { error } = readTolerantly(workflowStateSchema, inTodaysNames(event));
      throw new Defect(`not a workflow state: ${error ? issuesInWords(error) : 'it names no target'}`, error);
    }
    const { incident, policy } = state;
    logger.resetKeys();
    logger.appendKeys({ incident: incident.id, policy: policy.name, target: incident.target });
    try {
      const answer = carried(await step(state, now), state);
      logger.info('step done', { answer });
      return answer;
    } catch (error) {
      logger.error('step failed', { error });
      throw error;
    }
  };
}

/** What the notices of the incident need goes on to the next step, whichever step is between. */
function carried<Answer>(answer: Answer, { next }: WorkflowState): Answer {
  if (typeof answer !== 'object' || answer === null || !('do' in answer)) return answer;
  return withNotes(answer as unknown as Next, next?.notes) as Answer;
}
