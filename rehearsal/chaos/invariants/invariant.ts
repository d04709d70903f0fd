import { atOnce } from '@self-healing/simulation/invariants/acts-in-time.ts';
import type { HistoryLine } from '../../../lambdas/core/history-line.ts';
import type { Policy } from '../../../lambdas/core/policy.ts';
import type { SentMessage } from '../../report/scenario-result.ts';
import type { Act } from '../act.ts';
import type { Fault } from '../fault.ts';
import type { WrittenAttempt } from '../written-attempts.ts';

/** What happened, by the record of the services and of the gateway. */
export interface Happenings {
  /** In order of time. */
  readonly acts: readonly Act[];
  readonly policies: ReadonlyMap<string, Policy>;
  readonly attemptOf: (act: Act) => WrittenAttempt | undefined;
  readonly pauses: readonly { readonly from: number; readonly until: number }[];
  /** The targets that are never acted on. */
  readonly excluded: readonly string[];
  /** Members of the tagged fleet. */
  readonly fleetSize: number;
  readonly now: number;
}

/** What became of the incidents, once all is over. */
export interface Aftermath extends Happenings {
  /** The workflows that were started: each is an incident, by its id. */
  readonly incidents: readonly { readonly id: string; readonly status: string }[];
  readonly lines: readonly HistoryLine[];
  readonly messages: readonly SentMessage[];
  readonly faults: readonly Fault[];
  readonly deadLetters: readonly { readonly at: number; readonly text: string }[];
  /** In order of time. */
  readonly sweeps: readonly Sweep[];
}

/** One run of the sweep; one in which a call was struck may not be complete. */
export interface Sweep {
  readonly from: number;
  readonly until: number;
  readonly isComplete: boolean;
}

export interface Violation {
  readonly invariant: string;
  /** In words. */
  readonly what: string;
  /** The acts that are in conflict. */
  readonly acts: readonly Act[];
  readonly incident?: string;
}

/** What must hold for the acts at any instant. */
export interface Invariant {
  readonly name: string;
  readonly words: string;
  violations(happenings: Happenings): readonly Violation[];
}

/** What must hold when all is over. */
export interface LastingInvariant {
  readonly name: string;
  readonly words: string;
  violations(aftermath: Aftermath): readonly Violation[];
}

/** The longest from a decision to its act that is granted: the pipeline's clock is read at the start of a step whose calls are delayed and repeated here. */
const MOST_LAG_MS = 10_000;

/** When the act was decided, as the pipeline wrote it down before, but never longer ago than is granted. */
export function decidedAt(act: Act, { attemptOf }: Happenings): number {
  return Math.max(attemptOf(act)?.at ?? act.at, act.at - MOST_LAG_MS);
}

/** The guardrails under which the act was done. */
export function guardrailsOf(act: Act, { attemptOf, policies }: Happenings): Policy['guardrails'] | undefined {
  return policies.get(attemptOf(act)?.policy ?? '')?.guardrails;
}

export function repairs({ acts }: Happenings): readonly Act[] {
  return acts.filter(({ givesBack }) => !givesBack);
}

/** For each act, in order of time, the others that are under way when it begins; one that has not ended is under way until now. */
export function meetings(acts: readonly Act[], now: number) {
  return atOnce(
    acts,
    ({ at }) => at,
    ({ endedAt = now }) => endedAt,
  );
}

export function seconds(milliseconds: number): string {
  return `${(milliseconds / 1_000).toFixed(1)} s`;
}
