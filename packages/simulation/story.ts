import type { Instant } from '../../lambdas/core/duration.ts';
import type { Policy } from '../../lambdas/core/policy.ts';
import type { AutoScalingGroup, Database, DatabaseCluster, Instance, Volume } from '../../lambdas/core/ports.ts';
import type { Target } from '../../lambdas/core/target.ts';

/** One symptom of one target, from its alarm on. */
export interface Fault {
  readonly policy: string;
  readonly target: Target;
  /** Milliseconds after the story's beginning. */
  readonly at: number;
  /** It passes by itself after these milliseconds. @default - never */
  readonly lasts?: number;
  /** The remedies that cure it. */
  readonly curedBy: readonly string[];
  /** Milliseconds from the act until the alarm shows that it is gone. */
  readonly cureTakes: number;
  /** It comes back so many times, each time this long after it went away. @default - never */
  readonly returns?: { readonly times: number; readonly after: number /** The last time it stays. */; readonly stays?: true };
  /** Milliseconds from each begin to each delivery of its event; more than one are duplicates, none is a lost event. */
  readonly deliveries: readonly number[];
}

/** What a person does with the pause switch. */
export interface OperatorAction {
  readonly at: number;
  /** The text that is put into the switch. */
  readonly pause: string;
}

/** A member leaves its fleet for reasons of its own. */
export interface Departure {
  readonly at: number;
  readonly instance: string;
}

/** A machine dies: EC2 finds that it runs, and nothing of it reports or answers any more. */
export interface Death {
  readonly at: number;
  readonly instance: string;
  /** The remedies that bring it back. */
  readonly revivedBy: readonly string[];
}

/** A time in which a change calendar is closed. */
export interface Freeze {
  readonly calendar: string;
  readonly from: number;
  readonly to: number;
}

/** A person who answers the questions of policies that ask. */
export interface Voter {
  readonly name: string;
  readonly answer: 'approve' | 'deny';
  /** Milliseconds from the question to the answer; the question may be over by then. */
  readonly after: number;
}

/** An event that nobody's alarm sent. */
export interface Forgery {
  readonly at: number;
  readonly policy: string;
  readonly target: Target;
  /** Whom it pretends to be from. */
  readonly source: string;
  /** Milliseconds by which its time is before that of its arrival; after it if negative. */
  readonly age: number;
}

/** A person stops the execution that is the oldest one running. */
export interface Abort {
  readonly at: number;
}

/** A time in which a port answers nobody. */
export interface Outage {
  readonly from: number;
  readonly to: number;
  /** Names of ports, e.g. `store` and `claims` for the incident table. */
  readonly ports: readonly string[];
}

/** How the pipeline's own machinery fails. Shares are of invocations, from 0 to 1. */
export interface Hazards {
  /** Milliseconds that a call takes, to and fro: any number from 0 to this. */
  readonly latency: number;
  /** Functions that die at one of their calls, before or after it is carried out. */
  readonly killed: number;
  /** Functions of which one call is carried out and its answer lost. */
  readonly lost: number;
  /** Functions of which one call is throttled. */
  readonly throttled: number;
  /** Functions of which one call is refused for good. */
  readonly refused: number;
  /** Functions of which one call never answers, so that Lambda ends them. */
  readonly stuck: number;
  /** Functions that are invoked twice for one step, at nearly the same time. */
  readonly doubled: number;
  /** Milliseconds by which the clock of an invocation differs at most. */
  readonly skew: number;
  /** Share of Run Command's commands that fail. */
  readonly failedCommands: number;
  /** Share of acts that take as long as they may. @default - none */
  readonly slow?: number;
}

/** Everything that befalls a fleet and its pipeline. The same story always has the same history. */
export interface Story {
  readonly seed: number;
  readonly startsAt: Instant;
  readonly policies: readonly Policy[];
  readonly instances: readonly Instance[];
  readonly groups: readonly AutoScalingGroup[];
  readonly databases: readonly Database[];
  readonly clusters: readonly DatabaseCluster[];
  readonly volumes: readonly Volume[];
  /** Instances whose Systems Manager agent does not answer. */
  readonly silentAgents: readonly string[];
  readonly faults: readonly Fault[];
  readonly operators: readonly OperatorAction[];
  readonly departures: readonly Departure[];
  readonly outages: readonly Outage[];
  readonly hazards: Hazards;
  /** Every so many milliseconds a sweep until so many after the beginning, when the story ends. @default - no sweep */
  readonly sweeps?: { readonly every: number; readonly until: number };
  readonly deaths?: readonly Death[];
  readonly freezes?: readonly Freeze[];
  /** @default - nobody answers */
  readonly voters?: readonly Voter[];
  readonly forgeries?: readonly Forgery[];
  readonly aborts?: readonly Abort[];
  /** From then on the rules carry the policies of a later version, with what these functions do not know. @default - never */
  readonly redeployedAt?: number;
  /** A call that IAM refuses for good, as `port.method`. @default - none */
  readonly denied?: string;
}

/** Machinery that never fails and answers at once. */
export const NO_HAZARDS: Hazards = {
  latency: 0,
  killed: 0,
  lost: 0,
  throttled: 0,
  refused: 0,
  stuck: 0,
  doubled: 0,
  skew: 0,
  failedCommands: 0,
};
