import type { Duration } from '../../core/duration.ts';
import { Defect } from '../../core/failure.ts';
import { type Attempt, mayHaveChanged } from '../../core/incident.ts';
import type { Policy } from '../../core/policy.ts';
import { issuesInWords } from '../../core/signal.ts';
import { readTolerantly } from '../../core/tolerant-reader.ts';
import type { GiveBackSpec, Remediator } from '../../remediators/remediator.ts';

/** A change that its remedy gives back, and when. */
export interface Returnable {
  readonly attempt: Attempt;
  readonly params: unknown;
  readonly giveBack: GiveBackSpec<unknown, unknown, unknown, unknown>;
  /** How long the symptom must have been gone. */
  readonly wait: Duration;
}

/** Finds a remediator by its name; undefined where there is none. A function that serves one remedy is not given all. */
export type FindRemediator = (remedy: string) => Remediator | undefined;

/** What the attempt changed and is to be given back; undefined for one that changed nothing, or for good. */
function returnableOf(attempt: Attempt, policy: Policy, find: FindRemediator): Returnable | undefined {
  const remediator = find(attempt.remedy);
  if (!remediator?.giveBack || !mayHaveChanged(attempt) || attempt.result === 'failed') return undefined;
  const params = readTolerantly(remediator.params, policy.ladder[attempt.rung]?.params);
  if (!params.success) throw new Defect(`parameters of ${attempt.remedy}: ${issuesInWords(params.error)}`, params.error);
  const wait = remediator.giveBack.after(params.data, attempt.plan);
  return wait && { attempt, params: params.data, giveBack: remediator.giveBack, wait };
}

/** The change of one rung that is kept for now. */
export function keptOf(attempts: readonly Attempt[], rung: number, policy: Policy, find: FindRemediator): Returnable {
  const attempt = attempts.find((candidate) => candidate.rung === rung);
  const returnable = attempt && returnableOf(attempt, policy, find);
  if (!returnable) throw new Defect(`rung ${rung} has nothing to give back`, undefined);
  return returnable;
}

/** What an incident's attempts are to give back, the last first: what was put on top is taken away first. */
export function allReturnable(attempts: readonly Attempt[], policy: Policy, find: FindRemediator): readonly Returnable[] {
  return attempts
    .flatMap((attempt) => returnableOf(attempt, policy, find) ?? [])
    .toSorted((left, right) => right.attempt.rung - left.attempt.rung);
}
