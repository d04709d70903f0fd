import { after } from '../duration.ts';
import type { Guardrail } from './guardrail.ts';

/** Not seeing whether the symptom is there is no reason to act. */
export const visibility: Guardrail = ({ policy, snapshot: { symptom }, now }) =>
  symptom.kind === 'unknown'
    ? { kind: 'wait', reason: 'symptom-unknown', why: symptom.why, until: after(now, policy.guardrails.lookEvery) }
    : undefined;
