import { isHeldByAnother } from '../claim.ts';
import type { Guardrail } from './guardrail.ts';

/**
 * The same symptom on the same target is one incident, however often the alarm toggles while it is open. One that is over and only
 * waits for the end of its act speaks for no other.
 */
export const oneIncident: Guardrail = ({ incident, snapshot: { lease }, now }) =>
  isHeldByAnother(lease, incident.id, now) && lease.policy === incident.policy && lease.over !== true
    ? {
        kind: 'end',
        reason: 'already-open',
        why: `incident ${lease.incident} of the same policy is open`,
        witness: { kind: 'incident', id: lease.incident },
      }
    : undefined;
