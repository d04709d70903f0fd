import { after } from '../duration.ts';
import type { Guardrail } from './guardrail.ts';

/** Not seeing whether the symptom is there is no reason to act. Where the one who looks is at fault, waiting shows no more. */
export const visibility: Guardrail = ({ policy, snapshot: { symptom }, now }) => {
  if (symptom.kind !== 'unknown') return undefined;
  if (symptom.observerAtFault) return { kind: 'end', reason: 'observer-at-fault', why: symptom.why };
  return { kind: 'wait', reason: 'symptom-unknown', why: symptom.why, until: after(now, policy.guardrails.lookEvery) };
};
