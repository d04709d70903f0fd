import { groupKey } from '../policy.ts';
import { targetInWords } from '../target.ts';
import type { Guardrail } from './guardrail.ts';

/** The target exists, lives and belongs to the group; an empty group is never read as "all". */
export const membership: Guardrail = ({ incident, policy, snapshot: { facts } }) => {
  const target = targetInWords(incident.target);
  if (facts.presence === 'absent') return { kind: 'end', reason: 'target-gone', why: `${target} does not exist` };
  if (facts.presence === 'leaving') return { kind: 'end', reason: 'target-gone', why: `${target} is stopped or being terminated` };
  if (!facts.inGroup) {
    const witness = { kind: 'person', id: `whoever decides who belongs to ${groupKey(policy.group)}` } as const;
    return { kind: 'end', reason: 'not-in-fleet', why: `${target} is not a member of the protected group`, witness };
  }
  return facts.groupSize === 0 ? { kind: 'end', reason: 'no-target', why: 'the group has no members' } : undefined;
};
