import type { Duration } from '../../core/duration.ts';
import { Defect } from '../../core/failure.ts';
import { type Attempt, mayHaveChanged } from '../../core/incident.ts';
import type { Policy } from '../../core/policy.ts';
import { issuesInWords } from '../../core/signal.ts';
import { readTolerantly } from '../../core/tolerant-reader.ts';
import { remediatorNamed } from '../../remediators/registry.ts';
import type { GiveBackSpec } from '../../remediators/remediator.ts';

/** A change that its remedy gives back, and when. */
export interface Returnable {
  readonly attempt: Attempt;
  readonly params: unknown;
  readonly giveBack: GiveBackSpec<unknown, unknown, unknown, unknown>;
  /** How long the symptom must have been gone. */
  readonly wait: Duration;
}

/** What the attempt changed and is to be given back; undefined for one that changed nothing, or for good. */
export function returnableOf(attempt: Attempt, policy: Policy): Returnable | undefined {
  const remediator = remediatorNamed(attempt.remedy);
  if (!remediator?.giveBack || !mayHaveChanged(attempt) || attempt.result === 'failed') return undefined;
  const params = readTolerantly(remediator.params, policy.ladder[attempt.rung]?.params);
  if (!params.success) throw new Defect(`parameters of ${attempt.remedy}: ${issuesInWords(params.error)}`, params.error);
  const wait = remediator.giveBack.after(params.data, attempt.plan);
  return wait && { attempt, params: params.data, giveBack: remediator.giveBack, wait };
}

/** The change of one rung that is kept for now. */
export function keptOf(attempts: readonly Attempt[], rung: number, policy: Policy): Returnable {
  const attempt = attempts.find((candidate) => candidate.rung === rung);
  const returnable = attempt && returnableOf(attempt, policy);
  if (!returnable) throw new Defect(`rung ${rung} has nothing to give back`, undefined);
  return returnable;
}

/** What an incident's attempts are to give back, the last first: what was put on top is taken away first. */
export function allReturnable(attempts: readonly Attempt[], policy: Policy): readonly Returnable[] {
  return attempts
    .flatMap((attempt) => returnableOf(attempt, policy) ?? [])
    .toSorted((left, right) => right.attempt.rung - left.attempt.rung);
}
