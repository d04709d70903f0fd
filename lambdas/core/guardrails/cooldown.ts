import { after, inWords } from '../duration.ts';
import { targetInWords } from '../target.ts';
import type { Guardrail } from './guardrail.ts';

/** Nothing acts on a target until the last attempt had time to show its effect. */
export const cooldown: Guardrail = ({ incident, policy, snapshot: { history }, now }) => {
  const last = history
    .filter((attempt) => attempt.acts)
    .reduce((latest, attempt) => Math.max(latest, attempt.at), Number.NEGATIVE_INFINITY);
  const until = after(last, policy.guardrails.cooldown);
  if (until <= now) return undefined;
  return { kind: 'wait', reason: 'cooldown', why: `${targetInWords(incident.target)} was acted on ${inWords(now - last)} ago`, until };
};
