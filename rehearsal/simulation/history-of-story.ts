import type { Slots } from '../../lambdas/core/claim.ts';
import type { Instant } from '../../lambdas/core/duration.ts';
import type { HistoryLine } from '../../lambdas/core/history-line.ts';
import type { Policy } from '../../lambdas/core/policy.ts';
import type { Message } from '../../lambdas/core/report.ts';
import type { Execution } from './state-machine/execution.ts';

/** One run of a function. */
export interface Invocation {
  /** The function's name, e.g. `triage` or `remediate-restart-service`. */
  readonly function: string;
  readonly startedAt: Instant;
  /** Of a step of the workflow. */
  readonly execution?: string;
  readonly policy?: string;
  readonly remedy?: string;
  readonly rung?: number;
  /** The rung whose change it gives back, after the end of the incident. */
  readonly givesBack?: number;
  /** When the pause switch was last read, and what it said. */
  pause?: { readonly at: Instant; readonly isPaused: boolean };
  /** When it wrote an attempt that nobody had written before. */
  recordedAt?: Instant;
  /** How its machinery failed it, if it did. */
  mishap?: string;
}

/** One change of something protected, as it reached the service. */
export interface Act {
  readonly at: Instant;
  /** Port and method, e.g. `commands.send`. */
  readonly call: string;
  /** Key of what was acted on, by the request itself. */
  readonly target: string;
  /** The target with which the incident's workflow was started. */
  readonly incidentTarget: string;
  readonly by: Invocation;
  /** Whose lease was in force on the incident's target. */
  readonly leaseOf: string | undefined;
}

/** What happened in a story, from outside of the pipeline: the services' own records. */
export interface StoryHistory {
  readonly policies: ReadonlyMap<string, Policy>;
  readonly startedAt: Instant;
  readonly endedAt: Instant;
  /** Milliseconds by which a function's clock differed at most. */
  readonly skew: number;
  /** What remedies did. */
  readonly acts: readonly Act[];
  /** What was given back after the end of incidents. */
  readonly returns: readonly Act[];
  readonly invocations: readonly Invocation[];
  readonly executions: ReadonlyMap<string, Execution>;
  /** Deliveries of events to intake, repeated ones included. */
  readonly deliveries: number;
  /** Deliveries that intake could not take in. */
  readonly deadLetters: number;
  /** Times in which the switch was not at `running`; an open end is the end of the story. */
  readonly pauses: readonly { readonly from: Instant; readonly to: Instant }[];
  readonly lines: readonly HistoryLine[];
  readonly messages: readonly { readonly at: Instant; readonly message: Message }[];
  /** Requests by `service:Action`. */
  readonly requests: ReadonlyMap<string, number>;
  /** Members of each group, by its key, in the beginning: the largest that the story knows. */
  readonly groupSizes: ReadonlyMap<string, number>;
  /** What is claimed in the end, by target and by group. */
  readonly leases: ReadonlyMap<string, { readonly incident: string; readonly expiresAt: Instant }>;
  readonly slots: ReadonlyMap<string, Slots>;
}
