import { closedBreaker, isolate } from '../../lambdas/core/circuit-breaker.ts';
import { ownCommandHere } from '../../lambdas/core/commands-here.ts';
import { effectiveMode, lessStrictThan, type Mode, type ModeOverride } from '../../lambdas/core/mode.ts';
import type { OperatorAction } from '../../lambdas/core/operator-action.ts';
import { CannotDo } from './cannot-do.ts';
import { checkPolicy, type Operator } from './operator.ts';
import type { Output } from './output.ts';
import { reasonOf } from './reason-of.ts';
import { recorded, unrecordedInWords } from './recorded.ts';
import { saidShortly } from './said-shortly.ts';
import type { Screen } from './screen.ts';
import { who } from './short-names.ts';

/** Takes back whatever made the policy stricter than it was deployed. */
export async function promote(operator: Operator, policy: string, now: number, screen: Screen): Promise<Output> {
  checkPolicy(operator, policy);
  const own = operator.policies[policy] ?? 'automatic';
  const before = await operator.modes.read(policy);
  const { arn } = await operator.caller();
  const what = before && `it was ${before.mode}, because ${before.why}`;
  const action: OperatorAction = { action: 'promote', by: arn, policy, ...(what && { what }) };
  const { answer: isGone } = await recorded(operator, action, now, () => operator.modes.promote(policy));
  const text = isGone
    ? `Policy ${policy} is ${own} again. Before: ${effectiveMode(own, before)}, because ${saidShortly(before?.why ?? 'of an override', screen)}`
    : `Policy ${policy} is ${own}, as it was deployed; nothing made it stricter. To let it do more, deploy it with another mode.`;
  return { data: { policy, mode: own, changed: isGone }, text };
}

/** Makes a policy stricter than it was deployed, until it is promoted. One that is as strict already, or stricter, is left as it is. */
export async function demote(operator: Operator, policy: string, mode: Mode, reason: string, now: number, screen: Screen): Promise<Output> {
  checkPolicy(operator, policy);
  const why = reasonOf(reason, 'a demotion', ownCommandHere(operator, `demote ${policy} "it restarted too often" --to ${mode}`));
  const { arn } = await operator.caller();
  const own = operator.policies[policy] ?? 'automatic';
  if (!lessStrictThan(mode).includes(own))
    throw new CannotDo(`policy ${policy} was deployed as ${own}; ${mode} is not stricter`, 'deploy it with another mode to let it do more');
  const before = await operator.modes.read(policy);
  const until = `until "${ownCommandHere(operator, `promote ${policy}`)}"`;
  const stands = (override: ModeOverride, unrecorded: string | null): Output => ({
    data: { policy, mode: effectiveMode(own, override), changed: false, unrecorded },
    text: `Policy ${policy} is ${effectiveMode(own, override)} already ${until}, which ${who(override.by)} set at ${screen.time(override.at)}: ${saidShortly(override.why, screen)}\nNothing was changed.${unrecordedInWords(unrecorded)}`,
  });
  if (before && !before.unreadable && !lessStrictThan(mode).includes(before.mode)) return stands(before, null);
  const override: ModeOverride = { mode, why, at: now, by: arn };
  const action: OperatorAction = { action: 'demote', by: arn, policy, what: `to ${mode}`, why };
  const { unrecorded } = await recorded(operator, action, now, () => operator.modes.demote(policy, override));
  const after = await operator.modes.read(policy);
  if (!after)
    throw new CannotDo(`policy ${policy} is ${own}: somebody promoted it at the same time`, 'agree on its mode, then demote it again');
  // Somebody was faster with one that is as strict, or stricter.
  if (after.by !== arn || after.at !== now) return stands(after, unrecorded);
  const inForce = effectiveMode(own, after);
  const replaced = before === undefined ? '' : `\nBefore: ${before.mode} (${who(before.by)}): ${saidShortly(before.why, screen)}`;
  return {
    data: { policy, mode: inForce, changed: true, unrecorded },
    text: `Policy ${policy} is ${inForce} ${until}: ${why}${replaced}${unrecordedInWords(unrecorded)}`,
  };
}

/** Holds the policy's circuit breaker open, which nothing but a person ends. Who held it first is not written over. */
export async function holdBreaker(operator: Operator, policy: string, reason: string, now: number, screen: Screen): Promise<Output> {
  checkPolicy(operator, policy);
  const why = reasonOf(reason, 'whoever stops a policy', ownCommandHere(operator, `hold-breaker ${policy} "until the new version is out"`));
  const { arn } = await operator.caller();
  const held = isolate(arn, why, now);
  const { answer: breaker, unrecorded } = await recorded(operator, { action: 'hold-breaker', by: arn, policy, why }, now, () =>
    operator.claims.changeBreaker(policy, (current) => (current.state === 'isolated' ? current : held)),
  );
  const isOwn = breaker.state !== 'isolated' || (breaker.by === arn && breaker.since === now);
  const former = isOwn
    ? ''
    : `\n${who(breaker.by)} has held it since ${screen.time(breaker.since)}, which stays so: ${saidShortly(breaker.why, screen)}`;
  return {
    data: { policy, breaker, changed: isOwn, unrecorded },
    text: `Policy ${policy} does nothing until "${ownCommandHere(operator, `release-breaker ${policy}`)}": ${why}${former}${unrecordedInWords(unrecorded)}`,
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
