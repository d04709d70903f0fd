import type { Guardrail } from './guardrail.ts';

/** A symptom that went away before anything was done needs nothing. */
export const recovery: Guardrail = ({ snapshot: { symptom, attempts } }) =>
  symptom.kind === 'gone' && attempts.length === 0 ? { kind: 'end', reason: 'already-recovered', why: symptom.why } : undefined;
