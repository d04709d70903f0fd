import { after, type Duration, type Instant } from './duration.ts';
import type { Incident } from './incident.ts';
import { type End, mayPass } from './reasons.ts';

/** What became of one incident of a policy on a target. */
export interface PastIncident {
  readonly id: string;
  readonly receivedAt: Instant;
  /** Absent while it is open. */
  readonly ended?: { readonly end: End; readonly at: Instant /** Whether it changed anything, or may have. */; readonly changed: boolean };
}

/** What is done about an alarm that the sweep found in ALARM. */
export type TakeUp =
  /** No incident took care of it: its event was lost, or came before the pipeline was there. */
  | { readonly kind: 'first' }
  | { readonly kind: 'follow-up'; readonly follows: NonNullable<Incident['follows']> }
  | { readonly kind: 'leave' };

/** No workflow lives longer than three days. An older incident without an end is a leftover, and must not keep its alarm from being healed. */
const LONGEST_OPEN: Duration = { days: 4 };

const leave: TakeUp = { kind: 'leave' };

/**
 * Decides from the incidents that lived during this ALARM state. An open one has it. One that changed something, or that
 * ended for a reason which does not pass, has given it to a person: the sweep never acts again after that. What has
 * recovered says nothing about an alarm that is in ALARM now.
 */
export function takeUp(past: readonly PastIncident[], tryAgainAfter: Duration, now: Instant): TakeUp {
  if (past.some(({ ended, receivedAt }) => !ended && after(receivedAt, LONGEST_OPEN) > now)) return leave;
  const unhealed = past
    .flatMap(({ id, ended }) => (ended && ended.end.outcome !== 'recovered' ? [{ id, ...ended }] : []))
    .toSorted((left, right) => left.at - right.at);
  const last = unhealed.at(-1);
  if (!last) return { kind: 'first' };
  if (unhealed.some(({ changed, end }) => changed || !mayPass(end.reason))) return leave;
  return after(last.at, tryAgainAfter) > now ? leave : { kind: 'follow-up', follows: { id: last.id, reason: last.end.reason } };
}
