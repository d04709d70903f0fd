import type { Instant } from '../core/duration.ts';
import type { Incident } from '../core/incident.ts';
import type { Policy } from '../core/policy.ts';
import type { Signal } from '../core/signal.ts';
import type { Target } from '../core/target.ts';

/** The incident that a signal opens on one of its targets under a policy. `follows` is the incident in whose place the sweep opens it. */
export function incidentOf(
  { id, follows }: Pick<Incident, 'id' | 'follows'>,
  policy: Policy,
  signal: Signal,
  target: Target,
  now: Instant,
): Incident {
  return {
    id,
    policy: policy.name,
    symptom: policy.symptom,
    target,
    openedAt: signal.at,
    receivedAt: now,
    alarmName: policy.evidence?.kind === 'alarm' ? policy.evidence.name : signal.alarmName,
    reason: signal.reason,
    ...(signal.contributor && { contributor: { id: signal.contributor.id, attributes: { ...signal.contributor.attributes } } }),
    ...(follows && { follows }),
  };
}
