import { after, iso } from '../duration.ts';
import { isProvenSince } from '../verification.ts';
import type { Guardrail } from './guardrail.ts';

/**
 * A symptom that went away before anything was done needs nothing. A dead target has no symptom either, so that it must have
 * reported since the symptom was first seen gone; if it falls silent, not seeing is what the incident ends with.
 */
export const recovery: Guardrail = ({ policy, snapshot: { symptom, attempts, goneSince }, now }) => {
  if (symptom.kind !== 'gone' || attempts.length > 0) return undefined;
  const since = goneSince ?? now;
  if (isProvenSince(symptom, since)) return { kind: 'end', reason: 'already-recovered', why: symptom.why };
  const why = `${symptom.why}; waits for it to report of after ${iso(since)}`;
  return { kind: 'wait', reason: 'symptom-unknown', why, until: after(now, policy.guardrails.lookEvery) };
};
