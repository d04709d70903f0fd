import { commandName } from '../../lambdas/core/command-name.ts';
import { parsePause, pauseText, RUNNING } from '../../lambdas/core/pause.ts';
import { CannotDo } from './cannot-do.ts';
import type { Operator } from './operator.ts';
import type { Output } from './output.ts';
import { recorded } from './recorded.ts';

/** Stops the pipeline: nothing new is started, what runs is still verified. */
export async function pause(operator: Operator, reason: string, now: number): Promise<Output> {
  const { arn } = await operator.caller();
  const value = pauseText(reason, arn, now);
  if (value === undefined)
    throw new CannotDo('a pause needs a reason', `say it in words: ${commandName} pause "Anna works on the database until 14:00"`);
  const { unrecorded } = await recorded(operator, { action: 'pause', by: arn, why: reason }, now, () => operator.pause.set(value));
  return {
    data: { paused: value },
    text: `Pipeline ${operator.pipeline} is paused: ${value}\nNothing new is started; what runs is still verified. It stays so, through deployments too, until "${commandName} resume".${unrecorded}`,
  };
}

/** Lets the pipeline act again. */
export async function resume(operator: Operator, now: number): Promise<Output> {
  const before = parsePause((await operator.pause.history()).at(-1)?.value);
  if (before.kind === 'running') return { data: { resumed: false }, text: `Pipeline ${operator.pipeline} was running already.` };
  const { arn } = await operator.caller();
  await recorded(operator, { action: 'resume', by: arn, what: `paused before: ${before.why}` }, now, () => operator.pause.set(RUNNING));
  return {
    data: { resumed: true, before: before.why },
    text: `Pipeline ${operator.pipeline} acts again. Before: ${before.why}\nSymptoms that ended as "paused" and are still there are taken up again by the sweep, half an hour after that end unless the policy says otherwise.`,
  };
}
