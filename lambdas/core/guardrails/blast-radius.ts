import { liveSlots, slotLimit } from '../claim.ts';
import { after } from '../duration.ts';
import type { Guardrail } from './guardrail.ts';

/** Most members of the group in remediation at once. */
export const blastRadius: Guardrail = ({ incident, policy, snapshot: { facts, slots }, now }) => {
  const others = Object.keys(liveSlots(slots, now)).filter((holder) => holder !== incident.id).length;
  const limit = slotLimit(policy.guardrails.blastRadius, facts.groupSize);
  if (others < limit) return undefined;
  const why = `${others} of ${facts.groupSize} members are in remediation; ${limit} are allowed at once`;
  return { kind: 'wait', reason: 'blast-radius', why, until: after(now, policy.guardrails.lookEvery) };
};
