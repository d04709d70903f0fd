import { after, type Duration, type Instant, inWords, iso, milliseconds } from './duration.ts';

/** How far the act itself has come, as its remediator reads the world. It never speaks of the symptom. */
export type Progress =
  | { readonly kind: 'running'; readonly why: string }
  /** `targetReplaced`: the target itself is gone on purpose, and what took its place is in service. */
  | { readonly kind: 'done'; readonly detail?: string; readonly targetReplaced?: boolean }
  /**
   * It ended badly, which may leave it done in part. `untouched`: it is known that nothing was done, as the remedy itself refused on the
   * target or AWS never got so far. `hopeless`: nothing more can come of it. `withoutOutput`: why, without words of the machine.
   */
  | {
      readonly kind: 'failed';
      readonly why: string;
      readonly detail?: string;
      readonly untouched?: 'refused' | 'not-taken';
      readonly hopeless?: true;
      readonly withoutOutput?: string;
    }
  /** On the target nothing was found to do and nothing was done; if the symptom stays, whatever sees it is wrong, and no other rung is right. */
  | { readonly kind: 'left-alone'; readonly why: string; readonly detail?: string; readonly withoutOutput?: string }
  /** Somebody stopped it in Systems Manager or said no to it there, which may leave it done in part; nothing heavier follows a no. */
  | { readonly kind: 'stopped'; readonly why: string; readonly detail?: string; readonly withoutOutput?: string }
  /** It is not known whether the act took place, or how it ended. Only the symptom can tell whether it helped; it is never repeated. */
  | { readonly kind: 'unknown'; readonly why: string };

/** As much of the progress as is kept: all, or without what the machine wrote. */
export function keptOf(progress: Progress, keepOutput: false | undefined): Progress {
  if (keepOutput === undefined) return progress;
  switch (progress.kind) {
    case 'done': {
      const { detail: _, ...rest } = progress;
      return rest;
    }
    case 'failed':
    case 'left-alone':
    case 'stopped': {
      const { detail: _, withoutOutput = progress.why, ...rest } = progress;
      return { ...rest, why: withoutOutput };
    }
    default:
      return progress;
  }
}

/** The symptom as the alarm shows it now. A series without data is unknown, never gone. */
export interface SymptomReading {
  readonly kind: 'present' | 'gone' | 'unknown';
  readonly why: string;
  /**
   * When the target's own series reported last, of a symptom that is gone. What was said before that moment is proven, what is said of
   * later ones is not yet: a dead target has no symptom either. @default - the reading is of the target itself, and proves itself
   */
  readonly reportedAt?: Instant;
  /**
   * Of a symptom that is gone: since when the alarm by which it is read has been OK, as CloudWatch says. Whatever looks were made, it was never
   * in ALARM since. @default - not known; only looks tell
   */
  readonly okSince?: Instant;
  /** That alarm watches others, too: that it was not OK may have been for one of them. @default - the target alone */
  readonly watchesOthers?: true;
  /**
   * Unknown only because the target's own series reports nothing, or because the alarm is not evaluated in full; it was read and does not
   * show the symptom.
   */
  readonly silent?: boolean;
  /** Unknown because what looks is at fault itself, which waiting does not mend. */
  readonly observerAtFault?: boolean;
  /** The instances whose contributors of the same alarm are in ALARM now, where the alarm has contributors. */
  readonly inAlarm?: readonly string[];
  /** Whether there may be more of them than CloudWatch lists. */
  readonly moreInAlarm?: boolean;
  /** The alarm's actions are disabled, as people do before maintenance. */
  readonly disabled?: true;
  /** What suppresses the alarm's actions does so now; `perhaps` while CloudWatch still waits for it. */
  readonly suppressed?: true | 'perhaps';
}

export type Verification =
  | { readonly kind: 'recovered'; readonly why: string }
  /** `verifyBy` is moved where the act is still under way, so that the symptom has its time after the act. */
  | {
      readonly kind: 'not-yet';
      readonly lookAgainAt: Instant;
      readonly verifyBy: Instant;
      readonly goneSince?: Instant;
      /** The next look is that at the end of the probation: only the alarm's own time can tell then that the symptom stayed gone. */
      readonly unwatchedSince?: Instant;
      readonly why: string;
    }
  | { readonly kind: 'not-recovered'; readonly why: string }
  /** The symptom stays and nothing may be done about it: a person must look. */
  | { readonly kind: 'left-alone'; readonly why: string };

export interface VerificationTimes {
  /** When the symptom must be gone. */
  readonly verifyBy: Instant;
  /** Until when an alarm that was not OK in between begins the probation anew, since that may be a gap in its data. @default - `verifyBy` */
  readonly gapsUntil?: Instant | undefined;
  /** Until when the act may be under way; nothing is judged before, unless it is known that it ended. @default - it is over */
  readonly flightEnds?: Instant | undefined;
  /** Time after the act before it shows in the symptom. @default - none */
  readonly settle?: Duration | undefined;
  /** How long it must stay gone. */
  readonly probation: Duration;
  /** Since when it has been seen gone without a break. */
  readonly goneSince?: Instant | undefined;
  /** Since when it has been gone without a look until now. @default - it was looked at, or not gone */
  readonly unwatchedSince?: Instant | undefined;
  /** The ordinary distance between two looks. */
  readonly lookEvery: Duration;
}

/**
 * Judges an attempt: did the act finish, and is the symptom gone and staying gone? "It ran" is not "it healed", and "it failed" is not "it
 * did not help". A symptom that returns during probation starts the probation anew, until `verifyBy` has passed, whether a look saw it back or
 * only the alarm tells of it. While the act is in flight nothing is judged, whatever `verifyBy` says; an act that AWS calls running for
 * longer than it can take is not waited for.
 */
export function verify(seen: Progress, reading: SymptomReading, given: VerificationTimes, now: Instant): Verification {
  const mayFly = now < (given.flightEnds ?? now);
  if (seen.kind === 'running' && mayFly)
    return notYet({ verifyBy: afterTheAct(given, now), why: `the remedy is still running: ${seen.why}` }, given, now);
  const symptom = symptomAfter(seen, reading);
  const inFlight = seen.kind === 'unknown' && mayFly;
  const times = inFlight ? given : { ...given, flightEnds: undefined };
  if (symptom.kind === 'gone') return judgeProbation(symptom, inFlight, times, now);
  const { why, nothingCame } = whyStill(seen, symptom);
  if (nothingCame) return { kind: 'not-recovered', why };
  if (inFlight || now < times.verifyBy) return notYet({ why }, times, now);
  return seen.kind === 'left-alone' || seen.kind === 'stopped' ? { kind: 'left-alone', why: seen.why } : { kind: 'not-recovered', why };
}

/** Why the symptom is still there, and whether it is known that nothing can have come of the act. */
function whyStill(seen: Progress, symptom: SymptomReading): { readonly why: string; readonly nothingCame?: boolean } {
  const still = `the symptom is ${symptom.kind}: ${symptom.why}`;
  switch (seen.kind) {
    case 'failed':
      return { why: `the remedy failed: ${seen.why}`, nothingCame: seen.untouched !== undefined || seen.hopeless === true };
    case 'running':
      return { why: `${seen.why}; that is longer than it may take; ${still}` };
    default:
      return { why: still };
  }
}

/**
 * When the symptom must be gone of an act that still runs. An alarm may need as long to show the cure as the probation, which is what
 * its series are checked against.
 */
function afterTheAct({ verifyBy, flightEnds, settle = { seconds: 0 }, probation, lookEvery }: VerificationTimes, now: Instant): Instant {
  const endSeenAt = Math.min(after(now, lookEvery), flightEnds ?? now);
  return Math.max(verifyBy, after(endSeenAt, settle), after(endSeenAt, probation));
}

interface NotYet extends Pick<VerificationTimes, 'goneSince' | 'unwatchedSince'> {
  readonly why: string;
  readonly verifyBy?: Instant;
}

/** Looks again as usual, but not later than something is to be judged. */
function notYet({ why, goneSince, unwatchedSince, verifyBy }: NotYet, times: VerificationTimes, now: Instant): Verification {
  const deadlines = [
    times.verifyBy,
    times.flightEnds ?? now,
    after(goneSince ?? unwatchedSince ?? Number.NEGATIVE_INFINITY, times.probation),
  ];
  const lookAgainAt = Math.min(after(now, times.lookEvery), ...deadlines.filter((deadline) => deadline > now));
  const since = { ...(goneSince !== undefined && { goneSince }), ...(unwatchedSince !== undefined && { unwatchedSince }) };
  return { kind: 'not-yet', lookAgainAt, verifyBy: verifyBy ?? times.verifyBy, ...since, why };
}

/** Whether a symptom that is gone was so at the instant of a target that lived: it has reported since. */
export function isProvenSince({ reportedAt }: SymptomReading, instant: Instant): boolean {
  return reportedAt === undefined || reportedAt >= instant;
}

/** What the reading means after the act: a target that was replaced on purpose reports no more, so its silence is not unknown. */
function symptomAfter(progress: Progress, reading: SymptomReading): SymptomReading {
  const isSilent = reading.kind === 'gone' || (reading.kind === 'unknown' && reading.silent);
  const isExplained = progress.kind === 'done' && progress.targetReplaced && isSilent;
  return isExplained ? { kind: 'gone', why: `the target was replaced and its symptom is not there (${reading.why})` } : reading;
}

function judgeProbation(symptom: SymptomReading, inFlight: boolean, times: VerificationTimes, now: Instant): Verification {
  const wentAgainAt = wentAgain(symptom, times);
  if (!inFlight && !symptom.watchesOthers && wentAgainAt !== undefined && wentAgainAt > (times.gapsUntil ?? times.verifyBy))
    return { kind: 'not-recovered', why: `the alarm was not OK in between, and is again since ${iso(wentAgainAt)}: ${symptom.why}` };
  const goneSince = goneSinceOf(symptom, times, now);
  const closesAt = after(goneSince, times.probation);
  if (now < closesAt) {
    const why = `on probation: ${symptom.why}`;
    // Only looks tell of one target what an alarm of many does not.
    const isWatched = symptom.watchesOthers && (times.goneSince !== undefined || wentAgainAt !== undefined);
    if (inFlight || symptom.okSince === undefined || isWatched) return notYet({ goneSince, why }, times, now);
    return {
      kind: 'not-yet',
      lookAgainAt: endOfProbation(closesAt, symptom, times.lookEvery),
      verifyBy: times.verifyBy,
      unwatchedSince: goneSince,
      why,
    };
  }
  if (inFlight) return notYet({ goneSince, why: `${symptom.why}, but the act may be under way` }, times, now);
  // A target that died on probation has no symptom either: only what it reported afterwards tells that it outlived it.
  if (isProvenSince(symptom, closesAt))
    return { kind: 'recovered', why: `${symptom.why}, and it stayed so for ${inWords(now - goneSince)}` };
  return notYet(
    {
      ...(times.unwatchedSince === undefined ? { goneSince } : { unwatchedSince: goneSince }),
      why: `on probation: ${symptom.why}; waits for it to report of after ${iso(closesAt)}`,
    },
    times,
    now,
  );
}

/** When the alarm went OK again that was not OK all the while since a look saw the symptom gone. */
function wentAgain({ okSince }: SymptomReading, { goneSince, unwatchedSince }: VerificationTimes): Instant | undefined {
  if (goneSince !== undefined || unwatchedSince === undefined || okSince === undefined) return undefined;
  return okSince > unwatchedSince ? okSince : undefined;
}

/**
 * Since when it is known to be gone without a break: by looks, or, where none was made for the whole probation, by the alarm, which has not
 * been in ALARM since. Where the alarm does not say so, or may have been in ALARM for others, the probation begins anew.
 */
function goneSinceOf(symptom: SymptomReading, times: VerificationTimes, now: Instant): Instant {
  const { okSince, watchesOthers } = symptom;
  if (times.goneSince !== undefined) return times.goneSince;
  if (okSince === undefined || (watchesOthers && wentAgain(symptom, times) !== undefined)) return now;
  return Math.max(times.unwatchedSince ?? now, okSince);
}

/**
 * When the probation can be judged: a datapoint of a minute after its end is there when that minute is over, and a little later. Not much
 * later than it would be looked for anyway, where durations are shorter than on AWS.
 */
function endOfProbation(closesAt: Instant, { reportedAt }: SymptomReading, lookEvery: Duration): Instant {
  if (reportedAt === undefined) return closesAt;
  return Math.min(Math.ceil(closesAt / MINUTE) * MINUTE + MINUTE + COMES_WITHIN, closesAt + MOST_LOOKS * milliseconds(lookEvery));
}

/** Looks that the one at the end of a probation may take the place of, after it. */
const MOST_LOOKS = 5;

const MINUTE = 60_000;

/** From the end of a minute until CloudWatch has its datapoint, mostly. */
const COMES_WITHIN = 5_000;
