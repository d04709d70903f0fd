import type { Instant } from '../core/duration.ts';
import { CLOCKS_DIFFER, milliseconds } from '../core/duration.ts';
import type { Incident } from '../core/incident.ts';
import type { Policy } from '../core/policy.ts';
import type { IncidentStore } from '../core/ports.ts';
import { retake, type SaidAgain, saidAgain } from '../core/retake.ts';
import type { Signal } from '../core/signal.ts';
import type { Target } from '../core/target.ts';
import { followUpId } from './incident-id.ts';

/** What names an incident. */
export type SweptIncident = Pick<Incident, 'id' | 'follows'>;

/** A hand-off that is said again, with the name by which it is noted. */
export interface Reminder extends SaidAgain {
  readonly noted: string;
}

/**
 * Names the incident that an alarm found in ALARM needs now: its own if none took care of it, a follow-up of one that
 * ended without a change, or none at all. Of a target behind an alarm of many it may be a hand-off to say again.
 */
export async function sweptIncident(
  own: SweptIncident,
  policy: Policy,
  signal: Signal,
  target: Target,
  store: Pick<IncidentStore, 'past' | 'isRejectionNoted'>,
  now: Instant,
): Promise<SweptIncident | Reminder | undefined> {
  const past = await store.past(policy.name, target, signal.at - milliseconds(CLOCKS_DIFFER));
  const answer = retake(past, policy.guardrails.tryAgainAfter, now);
  switch (answer.kind) {
    case 'first':
      return own;
    case 'follow-up':
      return { id: followUpId(answer.follows.id), follows: answer.follows };
    case 'leave':
      return policy.targets.kind === 'unhealthy-targets' ? reminderOf(saidAgain(past, now), policy, store) : undefined;
  }
}

async function reminderOf(
  again: SaidAgain | undefined,
  { name }: Policy,
  store: Pick<IncidentStore, 'isRejectionNoted'>,
): Promise<Reminder | undefined> {
  if (!again) return undefined;
  const noted = `again#${again.id}#${again.times}`;
  return (await store.isRejectionNoted(name, noted)) ? undefined : { ...again, noted };
}
