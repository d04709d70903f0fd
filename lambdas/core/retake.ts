import { after, type Duration, type Instant, milliseconds } from './duration.ts';
import type { Incident } from './incident.ts';
import { type End, isFresh, isSymptomGone, isTakenBack, mayPass, timesSaidAgain } from './reasons.ts';

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

/**
 * What was well and is in ALARM all the same is looked at sooner: so long may what CloudWatch lists lag behind. So is what waits for a policy
 * that is deployed already.
 */
const AFTER_RECOVERY: Duration = { minutes: 5 };

type Ended = NonNullable<PastIncident['ended']> & Pick<PastIncident, 'id'>;

/**
 * Decides from the incidents that lived during this ALARM state. An open one has it. One that changed something, or that
 * ended for a reason which does not pass, has given it to a person: the sweep never acts again after that, unless a person interrupted
 * it, who is done. What has recovered is ill again.
 */
export function retake(past: readonly PastIncident[], tryAgainAfter: Duration, now: Instant): Retake {
  if (isOpen(past, now)) return leave;
  const all = inOrder(past);
  const last = all.at(-1);
  if (!last) return { kind: 'first' };
  if (all.some(isWithAPerson)) return leave;
  const wait = milliseconds(tryAgainAfter);
  const isSooner = isSymptomGone(last.end.reason) || last.end.reason === 'policy-changed';
  const due = last.at + (isSooner ? Math.min(wait, milliseconds(AFTER_RECOVERY)) : wait);
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
 * The hand-off that is to be said again, of a target whose alarm is that of many: what a person has repaired and is ill again begins no
 * ALARM state of its own, and nothing tells it from what was never repaired. Undefined while an incident is open, or before the time.
 */
export function saidAgain(past: readonly PastIncident[], now: Instant): SaidAgain | undefined {
  if (isOpen(past, now)) return undefined;
  const last = inOrder(past.filter(({ drill }) => drill === undefined)).findLast(
    (each) => each.end.outcome === 'handed-off' && isWithAPerson(each),
  );
  if (!last) return undefined;
  const { id, end, toldAt = last.at } = last;
  const times = timesSaidAgain(toldAt, now);
  return times === 0 ? undefined : { id, end, at: toldAt, times };
}

function isOpen(past: readonly PastIncident[], now: Instant): boolean {
  return past.some(({ ended, receivedAt }) => !ended && after(receivedAt, LONGEST_OPEN) > now);
}

/** Those that ended, the last one last. */
function inOrder(past: readonly PastIncident[]): readonly Ended[] {
  return past.flatMap(({ id, ended }): Ended[] => (ended ? [{ id, ...ended }] : [])).toSorted((left, right) => left.at - right.at);
}

function isWithAPerson({ changed, end }: Ended): boolean {
  if (end.outcome === 'recovered') return false;
  return !mayPass(end.reason) || (changed && !isTakenBack(end.reason));
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
