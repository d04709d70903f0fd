import { targetInWords } from '../target.ts';
import type { Guardrail } from './guardrail.ts';

/** The target carries the tag by which people keep it to themselves. */
export const exclusion: Guardrail = ({ incident, policy, snapshot: { facts } }) => {
  const value = facts.tags[policy.guardrails.excludeTag];
  if (value === undefined || value === 'false') return undefined;
  return { kind: 'end', reason: 'excluded', why: `${targetInWords(incident.target)} has the tag ${policy.guardrails.excludeTag}=${value}` };
};
