import { closedBreaker, isolate } from '../../lambdas/core/circuit-breaker.ts';
import { commandName } from '../../lambdas/core/command-name.ts';
import { effectiveMode, lessStrictThan, type Mode } from '../../lambdas/core/mode.ts';
import type { OperatorAction } from '../../lambdas/core/operator-action.ts';
import { CannotDo } from './cannot-do.ts';
import { checkPolicy, type Operator } from './operator.ts';
import type { Output } from './output.ts';
import { recorded } from './recorded.ts';

/** Takes back whatever made the policy stricter than it was deployed. */
export async function promote(operator: Operator, policy: string, now: number): Promise<Output> {
  checkPolicy(operator, policy);
  const own = operator.policies[policy] ?? 'automatic';
  const before = await operator.modes.read(policy);
  const { arn } = await operator.caller();
  const what = before && `it was ${before.mode}, because ${before.why}`;
  const action: OperatorAction = { action: 'promote', by: arn, policy, ...(what && { what }) };
  const { answer: isGone } = await recorded(operator, action, now, () => operator.modes.promote(policy));
  const text = isGone
    ? `Policy ${policy} is ${own} again. Before: ${effectiveMode(own, before)}, because ${before?.why ?? 'of an override'}`
    : `Policy ${policy} is ${own}, as it was deployed; nothing made it stricter. To let it do more, deploy it with another mode.`;
  return { data: { policy, mode: own, changed: isGone }, text };
}

/** Makes a policy stricter than it was deployed, until it is promoted. */
export async function demote(operator: Operator, policy: string, mode: Mode, reason: string, now: number): Promise<Output> {
  checkPolicy(operator, policy);
  const { arn } = await operator.caller();
  const own = operator.policies[policy] ?? 'automatic';
  if (!lessStrictThan(mode).includes(own))
    throw new CannotDo(`policy ${policy} was deployed as ${own}; ${mode} is not stricter`, 'deploy it with another mode to let it do more');
  const action: OperatorAction = { action: 'demote', by: arn, policy, what: `to ${mode}`, why: reason };
  const { unrecorded } = await recorded(operator, action, now, () => operator.modes.put(policy, { mode, why: reason, at: now, by: arn }));
  const inForce = effectiveMode(own, await operator.modes.read(policy));
  return {
    data: { policy, mode: inForce },
    text: `Policy ${policy} is ${inForce} until "${commandName} promote ${policy}": ${reason}${unrecorded}`,
  };
}

/** Holds the policy's circuit breaker open, which nothing but a person ends. */
export async function holdBreaker(operator: Operator, policy: string, reason: string, now: number): Promise<Output> {
  checkPolicy(operator, policy);
  const { arn } = await operator.caller();
  const { answer: breaker, unrecorded } = await recorded(operator, { action: 'hold-breaker', by: arn, policy, why: reason }, now, () =>
    operator.claims.changeBreaker(policy, () => isolate(arn, reason, now)),
  );
  return {
    data: { policy, breaker },
    text: `Policy ${policy} does nothing until "${commandName} release-breaker ${policy}": ${reason}${unrecorded}`,
  };
}

/** Closes the policy's circuit breaker, whatever opened it. */
export async function releaseBreaker(operator: Operator, policy: string, now: number): Promise<Output> {
  checkPolicy(operator, policy);
  const before = await operator.claims.breaker(policy);
  const { arn } = await operator.caller();
  const { answer: breaker } = await recorded(
    operator,
    { action: 'release-breaker', by: arn, policy, what: `it was ${before.state}` },
    now,
    () => operator.claims.changeBreaker(policy, () => closedBreaker),
  );
  return { data: { policy, before, breaker }, text: `The circuit breaker of policy ${policy} is closed; it was ${before.state}.` };
}
