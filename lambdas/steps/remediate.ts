import { heldUntil, type Lease } from '../core/claim.ts';
import { isTooOld, STEP_LASTS, tooOldInWords } from '../core/decision-age.ts';
import { after, CLOCKS_DIFFER, type Duration, type Instant, inWords, milliseconds } from '../core/duration.ts';
import { Defect, messageOf, NotTaken, TargetGone, TryAgain } from '../core/failure.ts';
import { incidentLine } from '../core/history-line.ts';
import { historySince } from '../core/history-since.ts';
import { type Attempt, attemptToken, mayHaveChanged } from '../core/incident.ts';
import { isStillAllowed } from '../core/mode.ts';
import { conclude, type Next, triageAt, verifyAt } from '../core/next.ts';
import type { Rung } from '../core/policy.ts';
import type { History, IncidentMetrics, IncidentStore, RemedyPorts } from '../core/ports.ts';
import { protectionWithin } from '../core/protected-window.ts';
import { endFor } from '../core/reasons.ts';
import { isSame } from '../core/same.ts';
import { issuesInWords } from '../core/signal.ts';
import type { WorkflowState } from '../core/workflow-state.ts';
import { isRefusal, longestAct, type Refusal, type Remediator } from '../remediators/remediator.ts';
import { drillRung } from './drill-rung.ts';
import { type LastLookPorts, lastLook } from './last-look.ts';

// Longer than 250 lines: the look, the plan, the writing and the act, with every way in which they may end between two of them.

export interface RemediatePorts extends RemedyPorts, LastLookPorts {
  readonly history: History;
  readonly metrics: IncidentMetrics;
  readonly store: IncidentStore;
}

/** One run of one rung, as far as it is known before the remedy looks. */
interface Run {
  readonly state: WorkflowState;
  readonly remediator: Remediator;
  readonly rung: Rung;
  readonly number: number;
  /** What triage decided. */
  readonly next: Extract<Next, { do: 'remediate' }>;
  readonly params: unknown;
  /** Physical name of the remedy's Command document. */
  readonly document: string;
}

/** The same with what the table knows of the target. */
interface LookedUp extends Run {
  /** The incident's own attempts, each as its last try. */
  readonly before: readonly Attempt[];
  /** The attempts of all incidents on the target, as far back as the decision went by them. */
  readonly acts: number;
  readonly lease?: Lease | undefined;
}

/**
 * Climbs one rung: look at the target and at what the table knows of it, plan, write the attempt, look once more where the remedy wants it,
 * read the pause switch, the mode and the record of the policy, act.
 * The attempt is written before, because most acts have no idempotency token: whoever finds it written never acts again but looks up what
 * became of it. Nothing comes between the last reading and the act; the history is written afterwards.
 */
export async function remediate(
  state: WorkflowState,
  remediator: Remediator,
  document: string,
  ports: RemediatePorts,
  now: Instant,
): Promise<Next> {
  const asked = runOf(state, remediator, document);
  if (state.incident.drill !== undefined) return drillRung(state.incident, asked, ports, now);
  const isLate = isTooOld(asked.next.decidedAt, now);
  const isDue = !isLate && !(remediator.acts && protectionWithin(state.policy.guardrails.protectedWindows ?? [], now, STEP_LASTS));
  const [run, seen] = await Promise.all([lookUp(asked, ports.store, now), isDue ? observe(asked, ports) : undefined]);
  const known = run.before.find((attempt) => attempt.rung === run.number);
  if (known && !isNewTry(run, known)) return resumeWritten(run, ports, now);
  if (isLate) return tooLate(run, ports, now);
  // Another incident acted, and let go, between the reading and the claim; under the claim none can.
  if (!seen || run.acts !== (run.next.actsKnown ?? run.acts)) return triageAt(now);
  if ('error' in seen) throw seen.error;
  const plan = remediator.plan(seen.observed, run.params);
  if (isRefusal(plan)) return refuse(run, plan, ports, now);
  const attempt: Attempt = {
    ...attemptOf(run, now),
    acts: remediator.acts,
    longest: longestOf(run),
    cooldown: state.policy.guardrails.cooldown,
    ...(remediator.enabling && { enabling: remediator.enabling }),
    ...(known && { firstAt: known.firstAt ?? known.at }),
    plan,
    summary: remediator.summary(plan),
  };
  const recorded = await ports.store.record(attempt, heldFrom(run, now), now, run.lease);
  if (recorded === 'known') return resumeWritten(run, ports, now);
  if (recorded === 'lease-lost') return triageAt(now);
  return act(run, attempt, ports, now);
}

/** A rung that AWS did not take is tried again when triage has decided so anew, and not by a repetition of the step that tried it. */
function isNewTry({ next }: Run, { result, again, decidedAt }: Attempt): boolean {
  return result === 'not-taken' && again === true && next.decidedAt !== undefined && next.decidedAt !== decidedAt;
}

/** Has it decided anew, since what was decided on is too old; ends an incident whose decisions always come too late. */
async function tooLate(run: LookedUp, { history }: RemediatePorts, now: Instant): Promise<Next> {
  const { policy, incident } = run.state;
  const { decidedAt, lateSince = now } = run.next;
  const text = `${tooOldInWords(decidedAt, now)}; decides anew`;
  await history.write(incidentLine('decision', incident, text, now, { remedy: run.remediator.name, rung: run.number }));
  if (now <= after(lateSince, policy.guardrails.waitAtMost)) return triageAt(now, { lateSince });
  const why = `each decision came too late to the step that acts, for ${inWords(now - lateSince)}`;
  return conclude(endFor('act-not-taken', why, changes(run)));
}

/** What the remedy sees of the target. One that cannot be looked at matters only where the attempt is not written already. */
async function observe({ state, remediator, params, document }: Run, ports: RemediatePorts) {
  try {
    return { observed: await remediator.observe(state.incident.target, params, ports, undefined, document) };
  } catch (error) {
    return { error };
  }
}

/** Reads what happened to the target, whether or not the incident itself did it, and the lease: all by one request. */
async function lookUp(run: Run, store: IncidentStore, now: Instant): Promise<LookedUp> {
  const { incident, policy } = run.state;
  const since = historySince(policy, run.next.decidedAt ?? now);
  const { attempts, lease } = await store.history(incident.target, Math.min(since, incident.receivedAt - milliseconds(CLOCKS_DIFFER)));
  const own = attempts.filter((attempt) => attempt.incident === incident.id);
  const before = [...new Map(own.map((attempt) => [attempt.rung, attempt])).values()];
  return { ...run, before, acts: attempts.filter(({ at }) => at >= since).length, lease };
}

function runOf(state: WorkflowState, remediator: Remediator, document: string): Run {
  if (state.next?.do !== 'remediate') throw new Defect('the workflow did not say which rung to climb', undefined);
  const number = state.next.rung;
  const rung = state.policy.ladder[number];
  if (rung?.remedy !== remediator.name) throw new Defect(`rung ${number} is ${rung?.remedy}, not ${remediator.name}`, undefined);
  const params = remediator.params.safeParse(rung.params);
  if (!params.success) throw new Defect(`parameters of ${remediator.name}: ${issuesInWords(params.error)}`, params.error);
  return { state, remediator, rung, number, next: state.next, params: params.data, document };
}

function attemptOf(
  { state: { incident }, remediator, number, next: { decidedAt } }: Run,
  at: Instant,
): Omit<Attempt, 'acts' | 'plan' | 'summary'> {
  return {
    token: attemptToken(incident.id, number),
    incident: incident.id,
    policy: incident.policy,
    target: incident.target,
    rung: number,
    remedy: remediator.name,
    at,
    ...(decidedAt !== undefined && { decidedAt }),
    ...(incident.realDrill !== undefined && { drill: incident.realDrill }),
  };
}

async function act(run: LookedUp, attempt: Attempt, ports: RemediatePorts, now: Instant): Promise<Next> {
  const { incident } = run.state;
  const held = (await changedSince(run, attempt, ports)) ?? (await stopBefore(run, ports, now));
  if (held) return notTaken(run, attempt, held, ports, now);
  const answer = await execute(run, attempt, ports);
  if ('notTaken' in answer) return notTaken(run, attempt, answer.notTaken, ports, now);
  const first = attempt.acts && changes(run) === 0 ? { milliseconds: Math.max(0, now - incident.openedAt) } : {};
  if (first.milliseconds !== undefined && incident.realDrill === undefined)
    ports.metrics.timeToFirstAction(incident.policy, { seconds: first.milliseconds / 1_000 });
  if ('error' in answer) return uncertain(run, attempt, answer.error, ports, now, first);
  await ports.store.recordReceipt(attempt, answer.receipt);
  const acted = { ...fields(attempt), ...first, receipt: answer.receipt };
  await ports.history.write(incidentLine('acted', incident, attempt.summary, now, acted));
  return settle(run, { ...attempt, receipt: answer.receipt }, now);
}

/** Why an act was not taken, whether it may be tried again, and what follows where that is not the next try or the next rung. */
interface NotTakenBecause {
  readonly why: string;
  readonly again: boolean;
  readonly follows?: Next;
}

/** The last look before the act, after the second one at the target, since that with its retries may take long. */
async function stopBefore(run: LookedUp, ports: RemediatePorts, now: Instant): Promise<NotTakenBecause | undefined> {
  const { state, remediator, next } = run;
  const look = await lastLook(state, ports, remediator.acts);
  if (look.kind === 'unreadable')
    return { why: `the pause switch, the mode or the record of the policy cannot be read: ${look.why}`, again: true };
  if (look.kind === 'stop') return { why: look.why, again: true, follows: conclude(endFor(look.reason, look.why, changes(run))) };
  if (!remediator.acts || isStillAllowed(look.mode, next.approved === true)) return undefined;
  return { why: 'the policy may not act unasked any more', again: true, follows: triageAt(now) };
}

async function execute(
  run: LookedUp,
  attempt: Attempt,
  ports: RemediatePorts,
): Promise<{ receipt: unknown } | { error: unknown } | { notTaken: NotTakenBecause }> {
  try {
    return { receipt: await run.remediator.execute(orderOf(run, attempt), ports) };
  } catch (error) {
    if (isNotCarriedOut(error)) return { notTaken: { why: messageOf(error), again: mayBeTakenLater(error) } };
    return { error };
  }
}

/** The second look, of remedies whose act AWS would take whatever has changed: what is not as it was planned on. */
async function changedSince(
  { remediator, params, state }: Run,
  { plan }: Attempt,
  ports: RemediatePorts,
): Promise<NotTakenBecause | undefined> {
  if (!remediator.heldTo) return undefined;
  const because = (why: string) => ({ why, again: true });
  try {
    const again = remediator.plan(await remediator.observe(state.incident.target, params, ports), params);
    if (isRefusal(again)) return because(`it does not fit any more: ${again.why}`);
    if (isSame(remediator.heldTo(again), remediator.heldTo(plan))) return undefined;
    return because(`the target changed since it was looked at: now it would be to ${remediator.summary(again)}`);
  } catch (error) {
    return because(`the target could not be looked at once more: ${messageOf(error)}`);
  }
}

/** Whether AWS answered that it did not carry the act out. */
export function isNotCarriedOut(error: unknown): boolean {
  return error instanceof Defect || error instanceof TargetGone || mayBeTakenLater(error);
}

/** Whether the act may be taken later: it was throttled, or what it was planned on has changed. */
export function mayBeTakenLater(error: unknown): boolean {
  return error instanceof TryAgain || error instanceof NotTaken;
}

/** Writes down that nothing was done, so that nothing is learnt from it, and has it tried again where that can help. */
async function notTaken(
  run: LookedUp,
  attempt: Attempt,
  { why, again, follows }: NotTakenBecause,
  ports: RemediatePorts,
  now: Instant,
): Promise<Next> {
  await ports.store.recordNotTaken(attempt, why, again, now);
  await writeNotTaken(run, attempt, why, ports, now);
  return follows ?? afterNotTaken(run, { ...attempt, why, again }, now);
}

function writeNotTaken({ state }: Run, attempt: Attempt, why: string, { history }: RemediatePorts, now: Instant): Promise<void> {
  return history.write(
    incidentLine('acted', state.incident, `did not ${attempt.summary}: ${why}`, now, { ...fields(attempt), notTaken: true }),
  );
}

/** Goes on to the next rung, or to the same again after a while, for as long as the policy is willing to wait. */
function afterNotTaken(run: LookedUp, { at, firstAt = at, again = false, why, summary }: Attempt, now: Instant): Next {
  const { lookEvery, waitAtMost } = run.state.policy.guardrails;
  if (!again) return triageAt(now);
  const next = after(at, lookEvery);
  if (next <= after(firstAt, waitAtMost)) return triageAt(Math.max(now, next));
  return conclude(endFor('act-not-taken', `could not ${summary} for ${inWords(now - firstAt)}: ${why}`, changes(run)));
}

/** Goes on to verification where the answer was lost: the symptom will tell, and the act is never repeated. */
async function uncertain(
  run: LookedUp,
  attempt: Attempt,
  error: unknown,
  ports: RemediatePorts,
  now: Instant,
  first: { readonly milliseconds?: number },
): Promise<Next> {
  const text = `${attempt.summary}: whether it took place is not known (${messageOf(error)})`;
  await ports.history.write(incidentLine('acted', run.state.incident, text, now, { ...fields(attempt), ...first, uncertain: true }));
  return settle(run, attempt, now);
}

/** Goes on from the attempt of an earlier run as it is written in the incident, with the receipt that its copy at the target has not. */
async function resumeWritten(run: LookedUp, ports: RemediatePorts, now: Instant): Promise<Next> {
  const before = await ports.store.attempts(run.state.incident.id);
  const known = before.find((attempt) => attempt.rung === run.number);
  return known ? resume({ ...run, before }, known, ports, now) : triageAt(now);
}

/** Goes on from an attempt of an earlier run, which may have died before or after the act. */
async function resume(run: LookedUp, attempt: Attempt, ports: RemediatePorts, now: Instant): Promise<Next> {
  if (attempt.result === 'not-taken') {
    await writeNotTaken(run, attempt, attempt.why ?? 'it was not taken', ports, now);
    return afterNotTaken(run, attempt, now);
  }
  if (attempt.result !== undefined) return triageAt(now);
  const receipt = attempt.receipt ?? (await run.remediator.recall?.(orderOf(run, attempt), ports));
  if (receipt !== undefined && attempt.receipt === undefined) await ports.store.recordReceipt(attempt, receipt);
  const text =
    receipt === undefined
      ? 'was interrupted; whether it took place is not known, and it is not repeated'
      : 'took place before the interruption';
  await ports.history.write(
    incidentLine('acted', run.state.incident, `${attempt.summary}: ${text}`, now, { ...fields(attempt), receipt, interrupted: true }),
  );
  return settle(run, { ...attempt, ...(receipt !== undefined && { receipt }) }, now);
}

/** Leaves a mark for a remedy that cannot help, so that the ladder goes on; ends the incident for one that could do harm. */
async function refuse(run: LookedUp, { refusal, why }: Refusal, ports: RemediatePorts, now: Instant): Promise<Next> {
  const { incident } = run.state;
  const text = `${run.remediator.name} refuses (${refusal}): ${why}`;
  await ports.history.write(incidentLine('decision', incident, text, now, { remedy: run.remediator.name, rung: run.number, refusal }));
  if (refusal === 'unsafe-to-act') return conclude(endFor('unsafe-to-act', `${run.remediator.name}: ${why}`, changes(run)));
  const mark: Attempt = { ...attemptOf(run, now), acts: false, plan: {}, summary: run.remediator.name, result: 'not-applicable', why };
  await ports.store.record(mark, now, now);
  return triageAt(now);
}

/** Until when the claim is held: counted from the act, however long it has taken to come to it. */
function heldFrom(run: Run, now: Instant): Instant {
  return heldUntil(now, run.rung, run.state.policy.probation, longestOf(run));
}

/** The longest time of the act, by the policy; where an earlier version deployed that, by the remedy. */
function longestOf({ rung, remediator, params }: Run): Duration {
  return rung.longest ?? longestAct(remediator, params);
}

function settle(run: LookedUp, attempt: Attempt, now: Instant): Next {
  const { rung, number, before } = run;
  const settled = Math.max(now, after(attempt.at, rung.settle));
  const others = before.filter((each) => each.rung !== number);
  const earlier = { attempts: others.length, changed: others.some(mayHaveChanged) };
  return verifyAt(settled, { rung: number, verifyBy: after(settled, rung.verifyWithin), attempt, earlier });
}

function changes({ before }: LookedUp): number {
  return before.filter(mayHaveChanged).length;
}

function orderOf({ document, state }: Run, { plan, token }: Attempt) {
  return { target: state.incident.target, plan, token, document };
}

function fields({ remedy, rung, token }: Attempt): Record<string, unknown> {
  return { remedy, rung, token };
}
