import { fullOf, slotLimits, slotsOfOthers } from '../claim.ts';
import { after } from '../duration.ts';
import type { Guardrail } from './guardrail.ts';

/** Most members of the group, and of the target's zone, in remediation at once. */
export const blastRadius: Guardrail = ({ incident, policy, snapshot: { facts, slots }, now }) => {
  const others = slotsOfOthers(slots, incident.id, now);
  const limits = slotLimits(policy.guardrails.blastRadius, { group: facts.groupSize, zone: facts.zoneSize });
  const full = fullOf(others, facts.zone, limits);
  if (full === undefined) return undefined;
  const why =
    full === 'group'
      ? `${others.length} of ${facts.groupSize} members are in remediation; ${limits.group} are allowed at once`
      : `${others.filter(({ zone }) => zone === facts.zone).length} of ${facts.zoneSize} members in ${facts.zone} are in remediation; ${limits.zone} are allowed at once`;
  return { kind: 'wait', reason: 'blast-radius', why, until: after(now, policy.guardrails.lookEvery) };
};
