import { after, type Duration, type Instant, milliseconds } from './duration.ts';
import type { Incident } from './incident.ts';
import { type End, isFresh, isRetakenSoon, isTakenBack, mayPass, timesSaidAgain } from './reasons.ts';

/** What became of one incident of a policy on a target. */
export interface PastIncident {
  readonly id: string;
  readonly receivedAt: Instant;
  /** The drill for real that it belongs to. @default - to none */
  readonly drill?: string;
  /** Absent while it is open. */
  readonly ended?: {
    readonly end: End;
    readonly at: Instant;
    /** Whether it changed anything, or may have. */
    readonly changed: boolean;
    /** When people were told of it, by itself or by its witness. @default - not known, or not at all */
    readonly toldAt?: Instant;
  };
}

/** What is done about an alarm that the sweep found in ALARM. */
export type Retake =
  /** No incident took care of it: its event was lost, or came before the pipeline was there. */
  | { readonly kind: 'first' }
  | { readonly kind: 'follow-up'; readonly follows: NonNullable<Incident['follows']> }
  | { readonly kind: 'leave' };

/** No workflow lives longer than three days. An older incident without an end is a leftover, and must not keep its alarm from being healed. */
const LONGEST_OPEN: Duration = { days: 4 };

const leave: Retake = { kind: 'leave' };

/** When a follow-up that need not wait is opened: what CloudWatch lists may lag behind by as much. */
const SOON: Duration = { minutes: 5 };

type Ended = NonNullable<PastIncident['ended']> & Pick<PastIncident, 'id' | 'receivedAt'>;

/**
 * Decides, from the incidents of the policy on the target during this ALARM state, whether the sweep opens another one. An open incident
 * takes care of the alarm itself. One that changed something, or ended for a reason that does not pass by itself, has handed it to a person:
 * the sweep opens no other one after that, unless a person interrupted the repair. After any other end a follow-up is due once
 * `tryAgainAfter` is over, and within minutes where the symptom was gone and is back.
 */
export function retake(past: readonly PastIncident[], tryAgainAfter: Duration, now: Instant): Retake {
  if (openAmong(past, now)) return leave;
  const all = inOrder(past);
  const last = all.at(-1);
  if (!last) return { kind: 'first' };
  if (all.some(isWithAPerson)) return leave;
  const wait = milliseconds(tryAgainAfter);
  const due = last.at + (isRetakenSoon(last.end.reason) ? Math.min(wait, milliseconds(SOON)) : wait);
  return due > now ? leave : { kind: 'follow-up', follows: { id: last.id, reason: last.end.reason, ...toldOf(all) } };
}

/** A hand-off that lasts, and is due to be said again. */
export interface SaidAgain extends Pick<Ended, 'id' | 'end'> {
  /** When people were told first. */
  readonly at: Instant;
  /** How often it is due by now. */
  readonly times: number;
}

/**
 * Finds the hand-off of which people are to be reminded, of a target that shares its alarm with others. One that a person has repaired and
 * that fails again begins no ALARM state of its own there, and cannot be told from one that was never repaired. Undefined while an incident
 * is open, or before the time.
 */
export function saidAgain(past: readonly PastIncident[], now: Instant): SaidAgain | undefined {
  if (openAmong(past, now)) return undefined;
  const last = inOrder(past.filter(({ drill }) => drill === undefined)).findLast(
    (each) => each.end.outcome === 'handed-off' && isWithAPerson(each),
  );
  if (!last) return undefined;
  const { id, end, toldAt = last.at } = last;
  const times = timesSaidAgain(toldAt, now);
  return times === 0 ? undefined : { id, end, at: toldAt, times };
}

/** The incident that is under way; a leftover is none. */
export function openAmong(past: readonly PastIncident[], now: Instant): PastIncident | undefined {
  return past.find(({ ended, receivedAt }) => !ended && after(receivedAt, LONGEST_OPEN) > now);
}

/** Those that ended, the last one last. */
function inOrder(past: readonly PastIncident[]): readonly Ended[] {
  return past
    .flatMap(({ id, receivedAt, ended }): Ended[] => (ended ? [{ id, receivedAt, ...ended }] : []))
    .toSorted((left, right) => left.at - right.at);
}

function isWithAPerson(ended: Ended): boolean {
  const { changed, end } = ended;
  if (end.outcome === 'recovered') return false;
  const isLeft = mayPass(end.reason) || cameAfterMessage(ended);
  return !isLeft || (changed && !isTakenBack(end.reason));
}

/** Whether the storm that speaks for it had spoken before it came: its message names others alone, and nobody knows of this one. */
function cameAfterMessage({ end: { reason, witness }, receivedAt }: Ended): boolean {
  return reason === 'part-of-storm' && witness?.at !== undefined && receivedAt > witness.at;
}

/** For each reason what was told of it last. */
function toldOf(all: readonly Ended[]): Pick<NonNullable<Incident['follows']>, 'told'> {
  const byReason = new Map(
    all.flatMap(({ id, end: { reason, witness }, toldAt }) =>
      toldAt === undefined ? [] : [[reason, { reason, id: witness?.kind === 'incident' ? witness.id : id, at: toldAt }] as const],
    ),
  );
  return byReason.size === 0 ? {} : { told: [...byReason.values()] };
}

/**
 * The end with its witness: a follow-up that met what people were told of during the same alarm state, and changed nothing, is no news;
 * but what lasts is said again once a day.
 */
export function witnessed(end: End, { follows }: Incident, changed: boolean, now: Instant): End {
  const told = follows?.told?.find(({ reason, at }) => reason === end.reason && isFresh(at, now));
  if (end.witness || changed || !told) return end;
  return { ...end, witness: { kind: 'incident', id: told.id, at: told.at } };
}
