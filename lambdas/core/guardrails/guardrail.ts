import type { Lease, Slots } from '../claim.ts';
import type { Instant } from '../duration.ts';
import type { Attempt, Incident } from '../incident.ts';
import type { Policy } from '../policy.ts';
import type { Reason } from '../reasons.ts';
import type { SymptomReading } from '../verification.ts';

/** Whether an operator has stopped the pipeline, and in what words. */
export type Pause = { readonly kind: 'running' } | { readonly kind: 'paused'; readonly why: string };

/** What is known of the target and its group. */
export interface TargetFacts {
  /** `leaving` is stopped, stopping or being terminated. */
  readonly presence: 'present' | 'leaving' | 'absent';
  readonly tags: Readonly<Record<string, string>>;
  readonly inGroup: boolean;
  /** Members of the group, the target included. */
  readonly groupSize: number;
}

/** Everything that triage reads before it decides, at about one moment. */
export interface Snapshot {
  readonly pause: Pause;
  readonly facts: TargetFacts;
  readonly symptom: SymptomReading;
  /** The attempts of this incident, by rung. */
  readonly attempts: readonly Attempt[];
  /** The acting attempts on this target in the policy's period, of every policy and incident. */
  readonly history: readonly Attempt[];
  readonly lease?: Lease;
  readonly slots: Slots;
}

/** A guardrail's veto: the end of the incident, or a wait that becomes that end if it outlasts the policy's patience. */
export type Veto =
  | { readonly kind: 'end'; readonly reason: Reason; readonly why: string }
  | { readonly kind: 'wait'; readonly reason: Reason; readonly why: string; readonly until: Instant };

export interface Question {
  readonly incident: Incident;
  readonly policy: Policy;
  readonly snapshot: Snapshot;
  readonly now: Instant;
}

/** A check that can veto the next act. Pure; undefined means no objection. */
export type Guardrail = (question: Question) => Veto | undefined;
