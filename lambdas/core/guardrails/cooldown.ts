import { type Instant, inWords, milliseconds } from '../duration.ts';
import { type Attempt, isOnTarget } from '../incident.ts';
import type { Policy } from '../policy.ts';
import { isInVain } from '../repair-result.ts';
import { targetInWords } from '../target.ts';
import type { Guardrail } from './guardrail.ts';

/**
 * Nothing acts on a target until the last attempt had time to show its effect: the time of its own policy, or of the one that would act
 * where that is longer; and longer after each that did not help.
 */
export const cooldown: Guardrail = ({ incident, policy, snapshot: { history }, now }) => {
  const acts = history.filter(isOnTarget).toSorted((left, right) => right.at - left.at);
  const [last] = acts;
  if (!last) return undefined;
  const until = last.at + cooldownAfter(last, acts.slice(1), policy);
  if (until <= now) return undefined;
  return { kind: 'wait', reason: 'cooldown', why: `${targetInWords(incident.target)} was acted on ${inWords(now - last.at)} ago`, until };
};

/** Milliseconds after the last of the acts: the cooldown, grown by each attempt in a row before it that did not help. */
function cooldownAfter(last: Attempt, before: readonly Attempt[], { guardrails }: Policy): Instant {
  const helped = before.findIndex(({ result }) => result === 'recovered');
  const inVain = before.slice(0, helped === -1 ? before.length : helped).filter(isInVain).length;
  const first = Math.max(milliseconds(guardrails.cooldown), milliseconds(last.cooldown ?? guardrails.cooldown));
  const grown = first * guardrails.cooldownGrowth ** inVain;
  return Math.max(first, Math.min(grown, milliseconds(guardrails.cooldownAtMost)));
}
