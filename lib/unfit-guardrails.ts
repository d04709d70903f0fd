import type { Policy } from '../lambdas/core/policy.ts';
import type { TargetKind } from '../lambdas/core/target.ts';
import { PolicyError } from './policy-error.ts';

/**
 * Refuses guardrails that could never let the policy act.
 *
 * @throws PolicyError naming the guardrail and what is allowed
 */
export function refuseUnfit({ name, group, guardrails }: Policy, actsOn: TargetKind): void {
  const { atLeastIll, secondOpinion, storm } = guardrails;
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
  ];
  if (problems.length > 0) throw new PolicyError(name, problems);
}
