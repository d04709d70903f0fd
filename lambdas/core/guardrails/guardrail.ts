import type { AnsweredRequest } from '../approval.ts';
import type { ChangeConditions } from '../change-conditions.ts';
import type { Breaker } from '../circuit-breaker.ts';
import type { Lease, Slots, Spending } from '../claim.ts';
import type { Instant } from '../duration.ts';
import type { Attempt, Incident, Opening } from '../incident.ts';
import type { RungRecord } from '../ladder.ts';
import type { ModeOverride } from '../mode.ts';
import type { Alongside, Policy } from '../policy.ts';
import type { Reason, Witness } from '../reasons.ts';
import type { PastIncident } from '../retake.ts';
import type { Span, Storm } from '../storm.ts';
import type { Target } from '../target.ts';
import type { SymptomReading } from '../verification.ts';

/** Whether an operator has stopped the pipeline, and in what words. */
export type Pause = { readonly kind: 'running' } | { readonly kind: 'paused'; readonly why: string };

/** The members of a group, as one that has the target. */
export interface GroupFacts {
  /** Members of the group, the target included. */
  readonly groupSize: number;
  /** The target's Availability Zone, where it is known, and the members there, the target included. */
  readonly zone?: string;
  readonly zoneSize: number;
  /** Whether the group finds the target itself healthy; one that serves nothing is not missed while it is repaired. */
  readonly healthy: boolean;
  /** The keys of the other members that the group finds healthy. */
  readonly healthyOthers: readonly string[];
}

/** Another group of the pipeline that has the target, with the limits that hold there. */
export interface OtherGroup extends Alongside {
  readonly facts: GroupFacts;
  readonly slots: Slots;
}

/** What is known of the target and its group. */
export interface TargetFacts extends GroupFacts {
  /** `leaving` is stopped, stopping or being terminated. */
  readonly presence: 'present' | 'leaving' | 'absent';
  readonly tags: Readonly<Record<string, string>>;
  readonly inGroup: boolean;
  /** Auto Scaling's word for where the target is in its Auto Scaling group, whichever group the policy means; absent where it is in none. */
  readonly lifecycle?: string;
  /** The instance ids of the group's members; absent for a target that is its own group. */
  readonly members?: readonly string[];
  /** What contains the target: the Auto Scaling group of an instance, the cluster of a database. @default - nothing */
  readonly container?: Target;
  /** The ids of the instances or databases that a target contains. @default - it contains none */
  readonly contains?: readonly string[];
  /** Instance ids that the load balancer of the policy finds unhealthy. @default - the policy has none */
  readonly ill?: readonly string[];
}

/** The incident's symptom on the members of its group. */
export interface StormWatch {
  readonly storm?: Storm;
  /** The members on which it appeared together with this one, within the policy's time; the target included. */
  readonly recent: number;
  /** The times of their alarms. */
  readonly span?: Span;
  /** The members on which the alarm sees it now; 0 where the alarm does not tell. */
  readonly inAlarm: number;
}

/** Everything that triage reads before it decides, at about one moment. */
export interface Snapshot {
  readonly pause: Pause;
  readonly facts: TargetFacts;
  readonly symptom: SymptomReading;
  /** A mute rule of the alarm is active. Read only of what would be done otherwise, where it may have begun since the event. @default - none is known */
  readonly muted?: true;
  /** Since when this incident's symptom has been seen gone by every look of triage; absent where it is not gone, or was not before. */
  readonly goneSince?: Instant;
  readonly changeConditions: ChangeConditions;
  /** The attempts of this incident, by rung. */
  readonly attempts: readonly Attempt[];
  /** The attempts on this target as far back as the policy looks, of every policy and incident. */
  readonly history: readonly Attempt[];
  /** The incidents of every policy that were opened on this target in that time, this one included. */
  readonly openings: readonly Opening[];
  /** The incidents of the policy on the target within the time in which turns are counted. Read only where there were too many turns. */
  readonly past?: readonly PastIncident[];
  readonly lease?: Lease;
  readonly slots: Slots;
  /** The acts of the whole pipeline that count against its budget. */
  readonly spending: Spending;
  readonly breaker: Breaker;
  /** A stricter mode than the policy's own. */
  readonly override?: ModeOverride;
  /** The questions to people that the policy has asked about the target, of every incident. Read only where the mode is approval. */
  readonly requests: readonly AnsweredRequest[];
  /** The last rung of this incident whose time has passed in shadow, without an attempt. */
  readonly watched?: number;
  /** Whether a second source finds the target ill, too. Read only before a costly remedy, of a policy that asks for it. @default - nobody is asked */
  readonly secondOpinion?: { readonly agrees: boolean; readonly why: string };
  /** What is known of the rungs of the ladder. Read only of a policy that passes over what does not help. @default - nothing */
  readonly rungRecords?: readonly RungRecord[];
  /** Absent for a target that is its own group. */
  readonly stormWatch?: StormWatch;
  /** The other groups of the pipeline that have the target. Read only before a change. @default - none */
  readonly alongside?: readonly OtherGroup[];
  /** What contains the target, and who works on it. Read only before a change. @default - nothing */
  readonly container?: { readonly target: Target; readonly lease?: Lease };
  /** Another pipeline that protects the target and comes first. Read only before a change. @default - none */
  readonly protector?: string;
  /** Who works on what the target contains, by incident. Read only before a change. @default - it contains nothing */
  readonly members?: Slots;
}

/** A guardrail's veto: the end of the incident, or a wait that becomes that end if it outlasts the policy's patience. */
export type Verdict =
  | { readonly kind: 'end'; readonly reason: Reason; readonly why: string; readonly witness?: Witness }
  | { readonly kind: 'wait'; readonly reason: Reason; readonly why: string; readonly until: Instant }
  /** The incident is to declare a storm; what follows is decided when it is known who leads it. */
  | { readonly kind: 'declare'; readonly reason: 'storm'; readonly why: string };

export interface Question {
  readonly incident: Incident;
  readonly policy: Policy;
  readonly snapshot: Snapshot;
  readonly now: Instant;
}

/** A check that can veto the next act. Pure; undefined means no objection. */
export type Guardrail = (question: Question) => Verdict | undefined;
