import { isChangedByAnother, liveSlots } from '../claim.ts';
import { after, type Instant } from '../duration.ts';
import { shortIncident } from '../incident.ts';
import { targetInWords } from '../target.ts';
import type { Guardrail, Snapshot } from './guardrail.ts';

/** What contains the target, and what it contains, is not changed at the same time: both acts would be on one machine. */
export const containment: Guardrail = ({ incident, policy, snapshot, now }) => {
  const busy = busyAround(snapshot, incident.id, now);
  if (busy === undefined) return undefined;
  const until = Math.min(busy.until, after(now, policy.guardrails.lookEvery));
  return { kind: 'wait', reason: 'target-busy', why: busy.why, until };
};

function busyAround({ container, members = {} }: Snapshot, incident: string, now: Instant): { why: string; until: Instant } | undefined {
  if (container && isChangedByAnother(container.lease, incident, now)) {
    const { policy, expiresAt } = container.lease;
    return { why: `policy ${policy} is working on ${targetInWords(container.target)}, which contains it`, until: expiresAt };
  }
  const [other] = Object.entries(liveSlots(members, now)).filter(([holder]) => holder !== incident);
  if (!other) return undefined;
  const [holder, { target, until }] = other;
  return { why: `incident ${shortIncident(holder)} is working on ${target.replace('#', ' ')}, which it contains`, until };
}
