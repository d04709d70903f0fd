import { slotsOfOthers } from '../claim.ts';
import { after } from '../duration.ts';
import type { Guardrail } from './guardrail.ts';

/**
 * Enough others serve while the target is repaired: the percentage of the group, rounded down, but at least one other
 * of a group of several. A target that the group finds unhealthy already is not missed.
 */
export const healthyFloor: Guardrail = ({ incident, policy, snapshot: { facts, slots }, now }) => {
  if (!facts.healthy || facts.groupSize < 2) return undefined;
  const share = Math.floor((facts.groupSize * policy.guardrails.healthyFloor.percent) / 100);
  const floor = Math.min(facts.groupSize - 1, Math.max(1, share));
  const busy = new Set(slotsOfOthers(slots, incident.id, now).map(({ target }) => target));
  const left = facts.healthyOthers.filter((other) => !busy.has(other)).length;
  if (left >= floor) return undefined;
  const why = `${left} other members of ${facts.groupSize} are healthy and not in remediation; ${floor} must be`;
  return { kind: 'wait', reason: 'healthy-floor', why, until: after(now, policy.guardrails.lookEvery) };
};
