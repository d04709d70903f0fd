import { leftHealthy, slotsOfOthers } from '../claim.ts';
import { after } from '../duration.ts';
import { touchedGroups } from '../touched-groups.ts';
import type { Guardrail } from './guardrail.ts';

/** Enough others serve while the target is repaired, in every group that has it. */
export const healthyFloor: Guardrail = ({ incident, policy, snapshot, now }) => {
  for (const { floor, slots, named, size } of touchedGroups(policy, snapshot)) {
    if (!floor) continue;
    const left = leftHealthy(floor, slotsOfOthers(slots, incident.id, now));
    if (left >= floor.least) continue;
    const why = `${left} other members${named ? `${named},` : ''} of ${size} are healthy and not in remediation; ${floor.least} must be`;
    return { kind: 'wait', reason: 'healthy-floor', why, until: after(now, policy.guardrails.lookEvery) };
  }
  return undefined;
};
