import { isHeldByAnother, type Lease } from '../claim.ts';
import { after } from '../duration.ts';
import { targetInWords } from '../target.ts';
import type { Guardrail } from './guardrail.ts';

/** One policy at a time works on a target. */
export const targetLease: Guardrail = ({ incident, policy, snapshot: { lease }, now }) => {
  if (!isHeldByAnother(lease, incident.id, now)) return undefined;
  const until = Math.min(lease.expiresAt, after(now, policy.guardrails.lookEvery));
  return { kind: 'wait', reason: 'target-busy', why: `${whoHolds(lease)} on ${targetInWords(incident.target)}`, until };
};

function whoHolds({ policy, over }: Lease): string {
  return over ? `an act of policy ${policy}, whose incident is over, may still be under way` : `policy ${policy} is working`;
}
