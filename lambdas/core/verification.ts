import { after, type Duration, type Instant, inWords, iso } from './duration.ts';

/** How far the act itself has come, as its remediator reads the world. It never speaks of the symptom. */
export type Progress =
  | { readonly kind: 'running'; readonly why: string }
  /** `targetReplaced`: the target itself is gone on purpose, and what took its place is in service. */
  | { readonly kind: 'done'; readonly detail?: string; readonly targetReplaced?: boolean }
  | { readonly kind: 'failed'; readonly why: string; readonly detail?: string }
  /** On the target nothing was found to do and nothing was done; if the symptom stays, whatever sees it is wrong, and no other rung is right. */
  | { readonly kind: 'left-alone'; readonly why: string; readonly detail?: string }
  /** It is not known whether the act took place. Only the symptom can tell whether it helped; it is never repeated. */
  | { readonly kind: 'unknown'; readonly why: string };

/** The symptom as the alarm shows it now. A series without data is unknown, never gone. */
export interface SymptomReading {
  readonly kind: 'present' | 'gone' | 'unknown';
  readonly why: string;
  /**
   * When the target's own series reported last, of a symptom that is gone. What was said before that moment is proven, what is said of
   * later ones is not yet: a dead target has no symptom either. @default - the reading is of the target itself, and proves itself
   */
  readonly reportedAt?: Instant;
  /** Unknown only because the target's own series reports nothing; the alarm itself was read and does not show the symptom. */
  readonly silent?: boolean;
  /** Unknown because what looks is at fault itself, which waiting does not mend. */
  readonly observerAtFault?: boolean;
  /** The instances whose contributors of the same alarm are in ALARM now, where the alarm has contributors. */
  readonly inAlarm?: readonly string[];
  /** Whether there may be more of them than CloudWatch lists. */
  readonly moreInAlarm?: boolean;
  /** The alarm's actions are disabled, as people do before maintenance. */
  readonly disabled?: true;
}

export type Verification =
  | { readonly kind: 'recovered'; readonly why: string }
  | { readonly kind: 'not-yet'; readonly lookAgainAt: Instant; readonly goneSince?: Instant; readonly why: string }
  | { readonly kind: 'not-recovered'; readonly why: string }
  /** The symptom stays and nothing may be done about it: a person must look. */
  | { readonly kind: 'left-alone'; readonly why: string };

export interface VerificationTimes {
  /** When the symptom must be gone. */
  readonly verifyBy: Instant;
  /** How long it must stay gone. */
  readonly probation: Duration;
  /** Since when it has been seen gone without a break. */
  readonly goneSince?: Instant;
  /** The ordinary distance between two looks. */
  readonly lookEvery: Duration;
}

/**
 * Judges an attempt: did the act finish, and is the symptom gone and staying gone? "It ran" is not "it healed".
 * A symptom that returns during probation starts the probation anew, until `verifyBy` has passed.
 */
export function verify(progress: Progress, reading: SymptomReading, times: VerificationTimes, now: Instant): Verification {
  const symptom = symptomAfter(progress, reading);
  if (progress.kind === 'failed') return { kind: 'not-recovered', why: `the remedy failed: ${progress.why}` };
  if (symptom.kind === 'gone' && progress.kind !== 'running') return judgeProbation(symptom, times, now);
  const why =
    progress.kind === 'running' ? `the remedy is still running: ${progress.why}` : `the symptom is ${symptom.kind}: ${symptom.why}`;
  if (now >= times.verifyBy) return progress.kind === 'left-alone' ? progress : { kind: 'not-recovered', why };
  return { kind: 'not-yet', lookAgainAt: Math.min(after(now, times.lookEvery), times.verifyBy), why };
}

/** Whether a symptom that is gone was so at the instant of a target that lived: it has reported since. */
export function isProvenSince({ reportedAt }: SymptomReading, instant: Instant): boolean {
  return reportedAt === undefined || reportedAt >= instant;
}

/** What the reading means after the act: a target that was replaced on purpose reports no more, and its silence is no riddle. */
function symptomAfter(progress: Progress, reading: SymptomReading): SymptomReading {
  const isSilent = reading.kind === 'gone' || (reading.kind === 'unknown' && reading.silent === true);
  const isExplained = progress.kind === 'done' && progress.targetReplaced === true && isSilent;
  return isExplained ? { kind: 'gone', why: `the target was replaced and its symptom is not there (${reading.why})` } : reading;
}

function judgeProbation(symptom: SymptomReading, times: VerificationTimes, now: Instant): Verification {
  const goneSince = times.goneSince ?? now;
  const closesAt = after(goneSince, times.probation);
  if (now >= closesAt) {
    // A target that died on probation has no symptom either: only what it reported afterwards tells that it outlived it.
    if (isProvenSince(symptom, closesAt))
      return { kind: 'recovered', why: `${symptom.why}, and it stayed so for ${inWords(now - goneSince)}` };
    const why = `on probation: ${symptom.why}; waits for it to report of after ${iso(closesAt)}`;
    return { kind: 'not-yet', lookAgainAt: after(now, times.lookEvery), goneSince, why };
  }
  return { kind: 'not-yet', lookAgainAt: Math.min(closesAt, after(now, times.lookEvery)), goneSince, why: `on probation: ${symptom.why}` };
}
