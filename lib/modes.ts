import { Duration } from 'aws-cdk-lib';
import type { Mode } from '../lambdas/core/mode.ts';
import type { Policy } from '../lambdas/core/policy.ts';
import { knownOf, type NamesOf } from './known-names.ts';
import { PolicyError } from './policy-error.ts';
import { givenDuration } from './to-policy-duration.ts';

/** How people are asked, in the mode `approval`. */
export interface ApprovalProps {
  /**
   * Time in which people can answer; silence means no. Prevents a late yes to what is no longer the case. At most 12 hours, and for all rungs
   * together less than the day that an incident lasts at most.
   * @default - 15 minutes
   */
  readonly within?: Duration;
  /**
   * How many different people must approve each rung that changes something; one who denies is enough to stop it. From 1 to 10.
   * @default - 1
   */
  readonly approvers?: number;
}

/** How much policies may do by themselves. Given for a symptom, else for its protection, else for the pipeline. */
export interface ModeProps {
  /**
   * `shadow` records what it would do and does nothing, `approval` asks people before each rung that changes something,
   * `automatic` acts. Prevents trusting a new policy before it has shown what it would do.
   * @default - automatic
   */
  readonly mode?: Mode;
  /** How people are asked. @default - one person, within 15 minutes */
  readonly approval?: ApprovalProps;
  /**
   * What turns `automatic` into `approval`, until an operator takes it back: an incident whose repair failed, an open circuit
   * breaker, or nothing. Prevents repeating what was just seen not to work.
   * @default - open-breaker
   */
  readonly demoteAfter?: Policy['demoteAfter'];
}

export const modeNames: NamesOf<ModeProps> = { mode: true, approval: true, demoteAfter: true };

const approvalNames: NamesOf<ApprovalProps> = { within: true, approvers: true };

/** Leaves an incident the time that its rungs take before its workflow ends after a day. */
const LONGEST_WAIT = Duration.hours(12);

/** The mode as a policy carries it: of several, the first that says something wins, property by property. */
export function toPolicyMode(
  policy: string,
  ...given: readonly (ModeProps | undefined)[]
): Pick<Policy, 'mode' | 'approval' | 'demoteAfter'> {
  const first = <Name extends keyof ModeProps>(name: Name) => given.find((props) => props?.[name] !== undefined)?.[name];
  const asked = given.flatMap((props) => (props?.approval ? knownOf(props.approval, approvalNames, policy, 'approval') : []));
  const within = asked.find((props) => props.within)?.within ?? Duration.minutes(15);
  const answered = givenDuration(within, policy, 'approval.within');
  if (within.toSeconds() < 1 || within.toSeconds() > LONGEST_WAIT.toSeconds())
    throw new PolicyError(policy, [`approval.within: ${within.toHumanString()} is not allowed: must be above 0 and at most 12 hours`]);
  return {
    mode: first('mode') ?? 'automatic',
    approval: { within: answered, approvers: asked.find((props) => props.approvers !== undefined)?.approvers ?? 1 },
    demoteAfter: first('demoteAfter') ?? 'open-breaker',
  };
}
