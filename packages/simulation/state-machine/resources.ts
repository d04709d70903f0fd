import type { Execution } from './execution.ts';
import type { StatesError } from './states-error.ts';

/** Who calls a resource: one try of one visit of a state of one execution. */
export interface Caller {
  readonly execution: Execution;
  readonly state: string;
  /** Counted over the whole execution, so that no two tries have the same. */
  readonly invocation: number;
}

/** What a state machine reaches outside of itself. */
export interface Resources {
  /** Calls what a task's `Resource` names. Rejects with a StatesError, or with whatever a function threw. */
  call(resource: string, input: unknown, caller: Caller): Promise<unknown>;
  /** A number from 0 to 1, the same for the same execution and retry. */
  jitter(execution: string, retry: number): number;
  /**
   * Members of the input that many executions have alike: kept once for all of them, or a hundred thousand copies of a policy would
   * fill the memory. @default - none
   */
  readonly alike?: readonly string[];
  /** Whether what went from state to state is forgotten once the execution has succeeded. @default false */
  readonly forgetsData?: boolean;
}

/** Where the answer to a task token goes. */
export interface Callback {
  resolve(output: unknown): void;
  reject(error: StatesError): void;
}
