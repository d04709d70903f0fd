import type { BrokenWorkflow } from '../broken-workflow.ts';
import type { Instant } from '../duration.ts';

export interface Workflow {
  /** Starts the incident's workflow under the incident's id; a used id is `known`. */
  start(incidentId: string, input: unknown): Promise<'started' | 'known'>;
}

/** A workflow that waits for people. */
export interface WaitingWorkflow {
  /** `gone` when it does not wait any more. */
  wake(taskToken: string): Promise<'woken' | 'gone'>;
}

export interface BrokenWorkflows {
  /** Those that broke since the instant. */
  since(instant: Instant): Promise<readonly BrokenWorkflow[]>;
  /** What the workflow knew last: the state that its conclusion was given, or else its input; and the cause in AWS's words. */
  lastWords(incidentId: string): Promise<{ readonly state: unknown; readonly why: string }>;
}
