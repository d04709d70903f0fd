import type { Policy } from '../lambdas/core/policy.ts';
import type { TargetKind } from '../lambdas/core/target.ts';
import { remediator as failOverDatabase } from '../lambdas/remediators/fail-over-database.ts';
import { remediator as rebootDatabase } from '../lambdas/remediators/reboot-database.ts';
import { PolicyError } from './policy-error.ts';

/** Remedies that refuse a database in every status in which RDS finds it ill. A cluster may be available while its writer is ill. */
const needsAvailable: readonly string[] = [rebootDatabase.name, failOverDatabase.name];

/**
 * Refuses guardrails that could never let the policy act.
 *
 * @throws PolicyError naming the guardrail and what is allowed
 */
export function refuseUnfit({ name, group, guardrails, ladder }: Policy, actsOn: TargetKind): void {
  const { atLeastIll, secondOpinion, storm } = guardrails;
  const neverAct = actsOn === 'database' ? ladder.map(({ remedy }) => remedy).filter((remedy) => needsAvailable.includes(remedy)) : [];
  const problems = [
    ...(atLeastIll !== undefined && group.kind === 'single'
      ? ['guardrails.atLeastIll: a target that is its own group never has others beside it; leave it out']
      : []),
    ...(atLeastIll !== undefined && atLeastIll >= storm.targets
      ? [
          `guardrails.atLeastIll: ${atLeastIll} members are a storm already, in which nothing is repaired; it must be below stormTargets, ${storm.targets}`,
        ]
      : []),
    ...(secondOpinion?.kind === 'status' && actsOn === 'auto-scaling-group'
      ? [
          "guardrails.secondOpinion: AWS says nothing of the health of a group, so that 'status' is for instances and databases; give an alarm",
        ]
      : []),
    ...(secondOpinion?.kind === 'status' && neverAct.length > 0
      ? [
          `guardrails.secondOpinion: RDS agrees only where the database is not available, in which ${neverAct.join(', ')} never act; give an alarm`,
        ]
      : []),
  ];
  if (problems.length > 0) throw new PolicyError(name, problems);
}
