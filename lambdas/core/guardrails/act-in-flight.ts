import { after, iso } from '../duration.ts';
import { allLandedAt } from '../in-flight.ts';
import { targetInWords } from '../target.ts';
import type { Guardrail } from './guardrail.ts';

/** Nothing acts beside an act that may be under way, whoever holds the lease: its own incident may have lost it, or have ended badly. */
export const actInFlight: Guardrail = ({ incident, policy, snapshot: { history }, now }) => {
  const landed = allLandedAt(history, now);
  if (landed === undefined) return undefined;
  const until = Math.min(landed, after(now, policy.guardrails.lookEvery));
  const why = `an act on ${targetInWords(incident.target)} may be under way until ${iso(landed)}`;
  return { kind: 'wait', reason: 'target-busy', why, until };
};
