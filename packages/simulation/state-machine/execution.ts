import type { Instant } from '../../../lambdas/core/duration.ts';

/** One entry into a state, or one retry in it: what AWS counts, and bills, as a state transition. */
export interface Visit {
  readonly state: string;
  readonly at: Instant;
  /** Whether the state was entered anew or tried again. */
  readonly retry: boolean;
  /** What the state was given; absent of a retry, and once the execution succeeded where data are forgotten. */
  input?: unknown;
}

/** One execution as Step Functions' own history shows it. */
export interface Execution {
  readonly name: string;
  readonly input: unknown;
  readonly startedAt: Instant;
  readonly visits: Visit[];
  status: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';
  endedAt?: Instant;
  /** Of an execution that did not succeed. */
  error?: string;
  cause?: string;
  output?: unknown;
}

/** What a state was given when it was entered last. */
export function inputOf({ visits }: Execution, state: string): unknown {
  return visits.findLast((visit) => visit.state === state && !visit.retry)?.input;
}
