import type { Outcome, Reason } from '../../lambdas/core/reasons.ts';
import type { Target } from '../../lambdas/core/target.ts';
import type { Stage } from '../stage/stage.ts';

/** Scenarios of one track use the same machines and follow each other; the tracks run side by side; `alone` runs last. */
export type Track = 'fleet' | 'group' | 'database' | 'alone';

/** What was done, and when. */
export interface Act {
  readonly at: string;
  readonly call: string;
}

/** A fault that is really there and then really gone, and what the pipeline must make of it. */
export interface Scenario {
  /** As `--only` takes it. */
  readonly name: string;
  /** The fault as a sentence. */
  readonly title: string;
  readonly track: Track;
  /** The policy that must heal it. */
  readonly policy: string;
  /** The alarm that opens the incident. @default - that of the pipeline's own name for the policy */
  readonly alarm?: string;
  readonly expected: {
    /** `no-incident`: people are told by an alarm of the pipeline's own, and no incident is opened at all. */
    readonly outcome: Outcome | 'no-incident';
    readonly reason: Reason | 'not-set-up';
    /** The acts on the target, in order, as the gateway's record names them. */
    readonly acts: readonly string[];
    /** Deliveries that must be recorded as duplicates. @default 0 */
    readonly duplicates?: number;
  };
  readonly real: readonly string[];
  readonly simulated: readonly string[];
  target(stage: Stage): Target;
  /** Makes what must have been there for a while when the fault comes; called as soon as the stage is set. */
  beforehand?(stage: Stage): Promise<void>;
  /** What must have happened right before the fault, and is none of it. */
  before?(stage: Stage): Promise<void>;
  /** Breaks it, for real. */
  breakIt(stage: Stage): Promise<void>;
  /** Something that happens while the pipeline works. */
  meanwhile?(stage: Stage, faultAt: number): Promise<void>;
  /** Looks at the machine itself, not at the pipeline's word, whether the fault is there. */
  isBroken(stage: Stage): Promise<boolean>;
  /** Acts on the target that are no calls of AWS, from the record of those whom they met. @default - none */
  actsElsewhere?(stage: Stage, since: number): Promise<readonly Act[]>;
  /** Whether the fault must be gone when the pipeline is done. */
  readonly endsCured: boolean;
  /** What the pipeline must do of its own accord after the incident; its acts are among the expected ones. */
  afterwards?(stage: Stage, faultAt: number): Promise<void>;
  /** Takes away what is left of the fault. */
  tidyUp?(stage: Stage): Promise<void>;
}
