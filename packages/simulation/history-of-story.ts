import type { Breaker } from '../../lambdas/core/circuit-breaker.ts';
import type { Lease, Slots } from '../../lambdas/core/claim.ts';
import type { Instant } from '../../lambdas/core/duration.ts';
import type { HistoryLine } from '../../lambdas/core/history-line.ts';
import type { AttemptResult } from '../../lambdas/core/incident.ts';
import type { Notice } from '../../lambdas/core/notice/notice.ts';
import type { Policy } from '../../lambdas/core/policy.ts';
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
  callFault?: string;
}

/** One change of something protected, as it reached the service. */
export interface Act {
  readonly at: Instant;
  /** Port and method, e.g. `commands.send`. */
  readonly call: string;
  /** Key of what was acted on, by the request itself. */
  readonly target: string;
  /** The attempt's token, where the request carries it. */
  readonly token?: string;
  /** The target with which the incident's workflow was started. */
  readonly incidentTarget: string;
  readonly by: Invocation;
  /** Whose lease was in force on the incident's target. */
  readonly leaseOf: string | undefined;
  /** When what it began really ended. */
  readonly endsAt: Instant;
  /** What contains the target: its Auto Scaling group, its cluster. */
  readonly containers: readonly string[];
  /** Each group of a policy that the target is in, as it was then. */
  readonly groups: readonly GroupAtAct[];
}

/** A group as it was when one of its members was acted on. */
export interface GroupAtAct {
  /** As policies name it. */
  readonly key: string;
  readonly zoneOf: ReadonlyMap<string, string | undefined>;
  /** The keys of its members; those that left it within the last look are among them. */
  readonly members: readonly string[];
  /** Those of them that the group itself found healthy. */
  readonly healthy: ReadonlySet<string>;
}

/** A symptom of a target from its beginning to its end, as it really was. */
export interface Spell {
  readonly policy: string;
  readonly target: string;
  readonly from: Instant;
  /** Absent while it is there. */
  to?: Instant;
}

/** A time in which a machine was dead, though EC2 found that it ran. */
export interface Death {
  readonly target: string;
  readonly from: Instant;
  to?: Instant;
}

/** What the pipeline wrote about an attempt, once it had judged it. */
export interface WrittenResult {
  readonly at: Instant;
  readonly execution: string;
  readonly rung: number;
  readonly policy: string;
  readonly target: string;
  readonly acts: boolean;
  readonly result: AttemptResult;
}

/** A policy's breaker after it was taught. */
export interface TaughtBreaker {
  readonly at: Instant;
  readonly policy: string;
  readonly before: Breaker;
  readonly after: Breaker;
}

/** What a person said to a question. */
export interface SaidAnswer {
  readonly at: Instant;
  /** The question, by the token of the attempt that it is about. */
  readonly question: string;
  readonly voter: string;
  readonly answer: 'approve' | 'deny';
}

/** A value that was put into a table, or taken out of it. */
export interface Change<Value> {
  readonly at: Instant;
  readonly key: string;
  /** Absent when it was taken out. */
  readonly value?: Value;
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
  /** What people were told, and when. */
  readonly notices: readonly { readonly at: Instant; readonly notice: Notice }[];
  /** Requests by `service:Action`. */
  readonly requests: ReadonlyMap<string, number>;
  /** Members of each group, by its key, in the beginning: the largest that the story knows. */
  readonly groupSizes: ReadonlyMap<string, number>;
  /** What is claimed in the end, by target and by group. */
  readonly leases: ReadonlyMap<string, { readonly incident: string; readonly expiresAt: Instant }>;
  readonly slots: ReadonlyMap<string, Slots>;
  readonly leaseChanges: readonly Change<Lease>[];
  readonly slotChanges: readonly Change<Slots>[];
  readonly spells: readonly Spell[];
  readonly deaths: readonly Death[];
  /** Machines that were ended, by whomever. */
  readonly departed: readonly { readonly at: Instant; readonly target: string }[];
  readonly results: readonly WrittenResult[];
  readonly taught: readonly TaughtBreaker[];
  readonly answers: readonly SaidAnswer[];
  /** Times in which change calendars were closed. */
  readonly freezes: readonly { readonly calendar: string; readonly from: Instant; readonly to: Instant }[];
  /** Until when a sweep came by every few minutes; absent where none did. */
  readonly sweptUntil?: Instant;
}
