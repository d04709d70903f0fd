import { fullOf, slotsOfOthers } from '../claim.ts';
import { after } from '../duration.ts';
import { type TouchedGroup, touchedGroups } from '../touched-groups.ts';
import type { Guardrail } from './guardrail.ts';

/** Most members in remediation at once, of every group that has the target, and of the target's zone there. */
export const blastRadius: Guardrail = ({ incident, policy, snapshot, now }) => {
  for (const group of touchedGroups(policy, snapshot)) {
    const why = whyFull(group, incident.id, now);
    if (why !== undefined) return { kind: 'wait', reason: 'blast-radius', why, until: after(now, policy.guardrails.lookEvery) };
  }
  return undefined;
};

/** Of too few healthy members the floor speaks, which is asked next. */
function whyFull(touched: TouchedGroup, incident: string, now: number): string | undefined {
  const { slots, limits, zone, named, size, zoneSize } = touched;
  const others = slotsOfOthers(slots, incident, now);
  const full = fullOf(others, touched);
  if (full === 'group') return `${others.length} of ${size} members${named} are in remediation; ${limits.group} are allowed at once`;
  if (full !== 'zone') return undefined;
  const there = others.filter((slot) => slot.zone === zone).length;
  return `${there} of ${zoneSize} members${named} in ${zone} are in remediation; ${limits.zone} are allowed at once`;
}
