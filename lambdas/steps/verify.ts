import { CLAIM_MARGIN, heldUntil } from '../core/claim.ts';
import { after, type Instant } from '../core/duration.ts';
import { Defect } from '../core/failure.ts';
import { incidentLine } from '../core/history-line.ts';
import { flightEnds } from '../core/in-flight.ts';
import { type Attempt, type AttemptResult, mayHaveChanged } from '../core/incident.ts';
import { type Check, conclude, type Next, triageAt, verifyAt, withNotes } from '../core/next.ts';
import type { Policy } from '../core/policy.ts';
import type { Alarms, Claims, History, IncidentStore, LoadBalancers, RemedyPorts } from '../core/ports.ts';
import { endFor } from '../core/reasons.ts';
import { type JudgedAttempt, saysIfItHelps } from '../core/remedy-success.ts';
import { issuesInWords } from '../core/signal.ts';
import { readTolerantly } from '../core/tolerant-reader.ts';
import { verify as judge, keptOf, type Progress, type Verification, type VerificationTimes } from '../core/verification.ts';
import type { WorkflowState } from '../core/workflow-state.ts';
import { loadRemediator } from '../remediators/load-remediator.ts';
import { longestActOf } from '../remediators/longest-act-of.ts';
import { readSymptom } from './read-symptom.ts';
import { isLate, type OnTheWay, tellOfLook } from './tell-on-the-way.ts';
import { watch } from './watch.ts';

export interface VerifyPorts extends RemedyPorts {
  readonly alarms: Alarms;
  readonly claims: Pick<Claims, 'renew'>;
  readonly history: History;
  readonly loadBalancers: LoadBalancers;
  readonly store: IncidentStore;
}

/**
 * Looks at an attempt: whether the act finished, and whether the symptom is gone and stays gone. An attempt that was
 * judged before is looked at again only because the symptom went away since: then the symptom alone decides, and the
 * next rung is due as soon as it is back. One that came back and went again is no case for a rung, but for a person.
 *
 * @param onTheWay How people hear of the incident before its end. @default - they do not
 */
export async function verify(state: WorkflowState, ports: VerifyPorts, now: Instant, onTheWay?: OnTheWay): Promise<Next> {
  const check = checkOf(state);
  if (check.watch) return watch(state, check, ports, now);
  // What is looked at is known; the table is asked where it is told of all attempts, or where an earlier run may have judged it.
  const { attempt, ...unread } = check;
  const isKnown = attempt !== undefined && !(onTheWay && isLate(state, state.next?.notes, onTheWay, now));
  const attempts = isKnown ? [attempt] : await ports.store.attempts(state.incident.id);
  const next = await look(state, isKnown ? check : unread, attempts, ports, now);
  const notes = onTheWay && (await tellOfLook(state, check, attempts, next, onTheWay, now));
  return withNotes(next, notes);
}

async function look(
  state: WorkflowState,
  check: Check,
  attempts: readonly Attempt[],
  ports: VerifyPorts,
  now: Instant,
  isToldOf = false,
): Promise<Next> {
  const { incident, policy } = state;
  const attempt = attempts.find(({ rung }) => rung === check.rung);
  if (!attempt) throw new Defect(`rung ${check.rung} has no attempt`, undefined);
  const judged = attempt.result !== undefined;
  const progress = await (judged ? progressOfJudged : progressOf)(attempt, state, ports);
  const symptom = await readSymptom(incident, policy, ports, now);
  const over = judged && { verifyBy: Math.min(now, attempt.judgedAt ?? attempt.at), gapsUntil: check.verifyBy };
  const verification = judge(progress, symptom, { ...check, ...(await timesOf(attempt, policy)), ...over }, now);
  const detail = 'detail' in progress ? progress.detail : undefined;
  const result = judged ? lateResultOf(attempt, verification) : resultOf(progress, verification);
  const { attempt: carried, earlier, ...unread } = check;
  const readAgain = async (isTold: boolean) => look(state, unread, await ports.store.attempts(incident.id), ports, now, isTold);
  // An earlier version did not say what was tried before; and what was not taken is written over whatever result there is.
  if (carried && verification.kind !== 'not-yet' && (!earlier || result === 'not-taken')) return readAgain(false);
  const line = incidentLine('verification', incident, `${verification.kind}: ${verification.why}`, now, {
    remedy: attempt.remedy,
    rung: attempt.rung,
    detail,
    ...(verification.kind !== 'not-yet' && hasHelped({ ...attempt, result })),
  });
  if (!isToldOf) await ports.history.write(line);
  if (verification.kind === 'not-yet') {
    if (!judged) await keepClaim(attempt, verification.lookAgainAt, state, ports, now);
    return lookAgain(check, judged ? { ...verification, verifyBy: check.verifyBy } : verification);
  }
  if (result !== undefined && result !== attempt.result) {
    const kept = await keepResult(attempt, result, verification.why, linesOf(detail), ports.store, now);
    // An earlier run of this step has judged it already.
    if (kept === 'known') return readAgain(true);
  }
  const tried = attempts.length + (carried ? (earlier?.attempts ?? 0) : 0);
  if (verification.kind === 'not-recovered') {
    if (judged && symptom.kind === 'gone') return conclude(endFor('flapping', `after ${attempt.remedy} ${verification.why}`, tried));
    return triageAt(now);
  }
  if (verification.kind === 'left-alone') return conclude(endFor('unsafe-to-act', `${attempt.remedy}: ${verification.why}`, tried));
  const changed =
    (carried && earlier?.changed) ||
    attempts.map((each) => (each.token === attempt.token ? { ...attempt, ...(result && { result }) } : each)).some(mayHaveChanged);
  return conclude(endFor(changed ? 'healed' : 'recovered-by-itself', verification.why, tried));
}

/**
 * The claim that was taken with the attempt covers the times of its rung. Where the next look is later, as of an act that ends late or a
 * probation that began anew, it is renewed, so that nobody else acts meanwhile. One that is lost is not taken back: this only looks.
 */
async function keepClaim(
  attempt: Attempt,
  next: Instant,
  { incident, policy }: WorkflowState,
  { claims }: VerifyPorts,
  now: Instant,
): Promise<void> {
  const rung = policy.ladder[attempt.rung];
  if (!attempt.acts || !rung) return;
  const until = after(next, CLAIM_MARGIN);
  if (until > heldUntil(attempt.at, rung, policy.probation, attempt.longest ?? (await longestActOf(rung))))
    await claims.renew(incident, until, now);
}

/** What AWS did not carry out after it took it is not tried again: whatever stood in its way is on the target. */
async function keepResult(
  attempt: Attempt,
  result: AttemptResult,
  why: string,
  kept: readonly string[],
  store: IncidentStore,
  now: Instant,
): Promise<'recorded' | 'known'> {
  if (result !== 'not-taken') return store.recordResult(attempt, result, why, now, kept);
  await store.recordNotTaken(attempt, why, false, now);
  return 'recorded';
}

/** The most that is kept of what a script wrote: its last lines, which say how it ended. */
const MOST_LINES = 20;

function linesOf(output = ''): readonly string[] {
  return output
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(-MOST_LINES);
}

function checkOf({ next }: WorkflowState): Check {
  if (next?.do !== 'verify') throw new Defect('the workflow did not say what to verify', undefined);
  return next.check;
}

async function progressOf(attempt: Attempt, { incident, policy }: WorkflowState, ports: VerifyPorts): Promise<Progress> {
  if (attempt.receipt === undefined) return { kind: 'unknown', why: 'the attempt was interrupted' };
  const remediator = await loadRemediator(attempt.remedy);
  if (!remediator) throw new Defect(`there is no remediator ${attempt.remedy}`, undefined);
  const params = readTolerantly(remediator.params, policy.ladder[attempt.rung]?.params);
  if (!params.success) throw new Defect(`parameters of ${attempt.remedy}: ${issuesInWords(params.error)}`, params.error);
  const progress = remediator.assess(attempt.plan, await remediator.observe(incident.target, params.data, ports, attempt.receipt));
  return keptOf(progress, policy.keepOutput);
}

/**
 * Of one that was judged the symptom alone decides, unless no other rung is right after it: then this step has judged it before, and its
 * answer was lost.
 */
async function progressOfJudged(attempt: Attempt, state: WorkflowState, ports: VerifyPorts): Promise<Progress> {
  const { result, receipt } = attempt;
  const mayEndIt = receipt !== undefined && (result === 'interrupted' || result === 'not-applicable');
  const progress = mayEndIt ? await progressOf(attempt, state, ports) : undefined;
  if (progress?.kind === 'stopped' || progress?.kind === 'left-alone') return progress;
  return { kind: 'unknown', why: `the attempt ended as ${result}` };
}

/** When what is judged of the attempt. One that was judged is in flight no more. */
async function timesOf(
  attempt: Attempt,
  { ladder, probation, guardrails: { lookEvery } }: Policy,
): Promise<Omit<VerificationTimes, 'verifyBy'>> {
  const rung = ladder[attempt.rung];
  const longest = attempt.longest ?? (rung && (await longestActOf(rung)));
  const inFlight = attempt.acts && attempt.result === undefined;
  return { settle: rung?.settle, probation, lookEvery, flightEnds: inFlight ? flightEnds({ at: attempt.at, longest }) : undefined };
}

function lookAgain({ rung, attempt, earlier }: Check, verification: Extract<Verification, { kind: 'not-yet' }>): Next {
  const { lookAgainAt, verifyBy, goneSince, unwatchedSince } = verification;
  return verifyAt(lookAgainAt, {
    rung,
    verifyBy,
    ...(goneSince !== undefined && { goneSince }),
    ...(unwatchedSince !== undefined && { unwatchedSince }),
    ...(attempt && { attempt }),
    ...(attempt && earlier && { earlier }),
  });
}

/** Whether it helped, as a number that queries can add up; nothing of one of which nothing can be said. */
function hasHelped(attempt: JudgedAttempt): { readonly helped?: 0 | 1 } {
  return saysIfItHelps(attempt) ? { helped: attempt.result === 'recovered' ? 1 : 0 } : {};
}

/** A cure may work late, also one that was done in part; one that changed nothing is not the cure. */
function lateResultOf({ result }: Attempt, { kind }: Verification): AttemptResult | undefined {
  return kind === 'recovered' && result !== 'not-applicable' && result !== 'not-taken' ? 'recovered' : result;
}

function resultOf(progress: Progress, { kind }: Verification): AttemptResult {
  if (progress.kind === 'left-alone') return 'not-applicable';
  if (progress.kind === 'failed' && progress.untouched) return progress.untouched === 'refused' ? 'not-applicable' : 'not-taken';
  if (kind === 'recovered') return 'recovered';
  if (progress.kind === 'failed') return 'failed';
  return progress.kind === 'done' ? 'not-recovered' : 'interrupted';
}
