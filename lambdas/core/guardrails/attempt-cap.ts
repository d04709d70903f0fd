import { inWords, milliseconds } from '../duration.ts';
import { isOnTarget } from '../incident.ts';
import { targetInWords } from '../target.ts';
import type { Guardrail } from './guardrail.ts';

/** Repairs that do not last are a person's work: most attempts on one target, over all policies. */
export const attemptCap: Guardrail = ({ incident, policy, snapshot: { history }, now }) => {
  const { most, per } = policy.guardrails.attempts;
  const recent = history.filter((attempt) => isOnTarget(attempt) && attempt.at > now - milliseconds(per));
  if (recent.length < most) return undefined;
  const why = `${targetInWords(incident.target)} had ${recent.length} attempts in the last ${inWords(milliseconds(per))}; ${most} are allowed`;
  return { kind: 'end', reason: 'attempts-used-up', why };
};
