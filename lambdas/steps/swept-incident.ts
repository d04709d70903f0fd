import type { Instant } from '../core/duration.ts';
import { CLOCKS_DIFFER, milliseconds } from '../core/duration.ts';
import type { Incident } from '../core/incident.ts';
import type { Policy } from '../core/policy.ts';
import type { IncidentStore } from '../core/ports.ts';
import { retake } from '../core/retake.ts';
import type { Signal } from '../core/signal.ts';
import type { Target } from '../core/target.ts';
import { followUpId } from './incident-id.ts';

/** What names an incident. */
export type SweptIncident = Pick<Incident, 'id' | 'follows'>;

/**
 * Names the incident that an alarm found in ALARM needs now: its own if none took care of it, a follow-up of one that
 * ended without a change, or none at all.
 */
export async function sweptIncident(
  own: SweptIncident,
  policy: Policy,
  signal: Signal,
  target: Target,
  store: Pick<IncidentStore, 'past'>,
  now: Instant,
): Promise<SweptIncident | undefined> {
  const past = await store.past(policy.name, target, signal.at - milliseconds(CLOCKS_DIFFER));
  const answer = retake(past, policy.guardrails.tryAgainAfter, now);
  switch (answer.kind) {
    case 'first':
      return own;
    case 'follow-up':
      return { id: followUpId(answer.follows.id), follows: answer.follows };
    case 'leave':
      return undefined;
  }
}
