import { type Breaker, learn, returnTrial } from '../core/circuit-breaker.ts';
import { realDrillOf } from '../core/drill-limit.ts';
import { after, type Instant, iso, milliseconds } from '../core/duration.ts';
import { incidentLine } from '../core/history-line.ts';
import { allLandedAt } from '../core/in-flight.ts';
import { type Attempt, type Incident, mayHaveChanged } from '../core/incident.ts';
import { demotionAfter, effectiveMode } from '../core/mode.ts';
import { keepUntil, type Next, withNotes } from '../core/next.ts';
import { endNotice } from '../core/notice/end.ts';
import { wasHeardOf } from '../core/notice/notes.ts';
import { outsideText } from '../core/outside-text.ts';
import { groupKey, type Policy } from '../core/policy.ts';
import type {
  Approvals,
  Claims,
  History,
  IncidentMetrics,
  IncidentStore,
  ModeOverrides,
  Notifier,
  Storms,
  WrittenIncident,
} from '../core/ports.ts';
import { type End, isTold } from '../core/reasons.ts';
import { type RemedyRecord, whyUnhelpful, withEnd } from '../core/remedy-record.ts';
import { RECURRING_WITHIN, timesHealed } from '../core/remedy-success.ts';
import { hasTrialLeft, repairResult } from '../core/repair-result.ts';
import { witnessed } from '../core/retake.ts';
import type { WorkflowState } from '../core/workflow-state.ts';
import { remediatorGivingBack } from '../remediators/giving-back.ts';
import { longestActOf } from '../remediators/longest-act-of.ts';
import { collectedFailures } from './collected-failures.ts';
import { allReturnable, type Returnable } from './give-back/returnable.ts';
import { payForLead, tellOfEnd } from './tell-of-storm.ts';

export interface ConcludePorts {
  readonly approvals: Approvals;
  readonly claims: Claims;
  readonly history: History;
  readonly metrics: IncidentMetrics;
  readonly modes: ModeOverrides;
  readonly notifier: Notifier;
  readonly store: IncidentStore;
  readonly storms: Storms;
}

/** The part of a failed step's account that goes into messages. */
export const CAUSE_KEPT_CHARACTERS = 1_000;

/**
 * Ends an incident: history, message, metrics, and the claim given back. One channel that fails keeps none of the
 * others from being tried; then the step fails, is run again, and does only what is missing. Answers whether something
 * that a remedy added is to be given back later.
 */
export async function conclude(state: WorkflowState, ports: ConcludePorts, now: Instant): Promise<Next> {
  const { incident, policy } = state;
  const notes = state.next?.notes;
  const { tryTo, answerOf, throwIfAny } = collectedFailures();
  const written = await answerOf(() => ports.store.written(incident.id), undefined);
  const { ending: known, attempts }: Partial<WrittenIncident> = written ?? {};
  const changed = attempts ? attempts.some(mayHaveChanged) : (known?.changed ?? true);
  const end = known?.end ?? witnessed(endOf(state), incident, changed, now);
  let breaker: Breaker | undefined;
  const taught =
    attempts !== undefined &&
    (await tryTo(async () => {
      breaker = await teachBreaker(state, end, attempts ?? [], ports, known !== undefined && known.taught !== false, now);
    }));
  const passedOver = await answerOf(() => keepRecord(state, end, attempts ?? [], ports, now), []);
  const isNewlyHealed = end.reason === 'healed' && !known && incident.realDrill === undefined;
  const healed = isNewlyHealed ? await answerOf(() => timesHealedLately(incident, ports.store, now), 0) : 0;
  const isReal = incident.realDrill === undefined;
  const demotion = isReal ? demotionAfter(policy, end, attempts ?? [], breaker, now) : undefined;
  const isRecovered = end.outcome === 'recovered';
  // What was added before a demotion to shadow is no more needed than after a recovery, and people are told where it stays.
  const isOver = isRecovered || (end.reason === 'shadow' && end.symptomGone === true);
  const returnable = await answerOf(async () => (isOver ? allReturnable(attempts ?? [], policy, remediatorGivingBack) : []), []);
  const [first] = returnable;
  const later = first && {
    at: after(now, first.wait),
    summaries: returnable.map(({ attempt, giveBack }) => giveBack.outlook(attempt.plan)),
  };
  // The clock that saw the symptom may be ahead of this one.
  const spent = Math.max(0, now - incident.openedAt);
  const fields = {
    outcome: end.outcome,
    reason: end.reason,
    remedies: attempts?.map(({ remedy, result, enabling }) => ({ remedy, result, ...(enabling && { enabling }) })),
    milliseconds: spent,
    demotion: demotion?.mode,
    ...(end.details && { details: end.details }),
    ...(state.diagnosis && { diagnosis: state.diagnosis }),
    ...(end.witness && { witness: end.witness }),
  };
  const broken = await answerOf(async () => brokenFields(policy, await endDrill(incident, end, ports, now)), undefined);
  const isWritten =
    known?.written ||
    // The line says once what the drill may break: it waits until that is known.
    (broken !== undefined &&
      (await tryTo(() => ports.history.write(incidentLine('outcome', incident, end.why, now, { ...fields, ...broken })))));
  let publishedAt = known?.toldAt;
  const tell = () =>
    tryTo(async () => {
      const ended = { incident, policy, notes, attempts, end, breaker, later, demotion, passedOver, healed, diagnosis: state.diagnosis };
      await tellOfEnd(state, end, (origin) => endNotice(origin, ended, now), ports, now);
      publishedAt = now;
    });
  const needsTelling = isTold(end, wasHeardOf(notes) || written?.asked === true);
  // Where it could not be read whether people were asked, the next run of the step knows.
  const told = known?.told || (needsTelling ? await tell() : written !== undefined);
  const toldAt = publishedAt ?? end.witness?.at;
  if (!known && (incident.drill ?? incident.realDrill) !== undefined) ports.metrics.drill(policy.name, end);
  else if (!known) {
    ports.metrics.outcome(policy.name, end);
    if (isRecovered) ports.metrics.timeToRecovery(policy.name, { seconds: spent / 1_000 });
  }
  await tryTo(() => payForLead(state, end, ports, now));
  if (demotion) await tryTo(() => ports.modes.demote(policy.name, demotion));
  const ending = { end, told, written: isWritten, changed, taught, ...(toldAt !== undefined && { toldAt }) };
  await tryTo(() => ports.store.close(incident, ending, now));
  if (written?.asked !== false) await tryTo(() => ports.approvals.close(incident));
  // What may still be under way is not known where the attempts could not be read; the next run of the step knows.
  if (attempts) {
    const landed = allLandedAt(await withLongest(attempts, policy), now);
    const kept = landed === undefined ? {} : { keptUntil: landed };
    const held = written?.held;
    await tryTo(() => ports.claims.release(incident, groupKey(policy.group), now, { ...kept, ...(held && { held }) }));
  }
  throwIfAny('the incident ended, but');
  return first && later ? withNotes(keepUntil(later.at, keepingOf(returnable, first, now)), notes) : { do: 'end', end };
}

/** How often the policy has healed the target lately, this time included; 0 where that is no more than ordinary. */
async function timesHealedLately({ id, policy, target }: Incident, store: IncidentStore, now: Instant): Promise<number> {
  return timesHealed(await store.past(policy, target, now - milliseconds(RECURRING_WITHIN)), id);
}

function keepingOf(returnable: readonly Returnable[], first: Returnable, now: Instant) {
  return { rung: first.attempt.rung, below: returnable.slice(1).map(({ attempt }) => attempt.rung), since: now };
}

/** Ends a drill, so that the policy may hold its next one. Answers until when something of the target may be broken, where it goes on for real. */
async function endDrill(
  { policy, target, drill, drillMinutes }: Incident,
  { reason }: End,
  { modes, store }: ConcludePorts,
  now: Instant,
): Promise<Instant | undefined> {
  if (drill === undefined) return undefined;
  const isWhole = reason === 'drill' && drillMinutes !== undefined;
  // The policy of a walk is always in shadow; its own mode was asked for by intake.
  const isRepaired = isWhole && effectiveMode('automatic', await modes.read(policy)) !== 'shadow';
  const real = isRepaired ? realDrillOf(drill, drillMinutes, now) : undefined;
  return (await store.endDrill({ policy, target, drill }, real, now))?.until;
}

/** What the history says of a drill that goes on for real: until when something may be broken, and what may be filled. */
async function brokenFields(policy: Policy, brokenUntil: Instant | undefined) {
  if (brokenUntil === undefined) return {};
  const fill = (await import('./drill-breach.ts')).drillFill(policy);
  return { brokenUntil: iso(brokenUntil), ...('why' in fill ? {} : { fill }) };
}

/**
 * Lets the policy's breaker learn, once, from a repair that healed or failed, and gives back the trial of one that did not take place. Answers
 * the breaker after a failed one where it may be open now.
 */
async function teachBreaker(
  { incident, policy }: WorkflowState,
  end: End,
  attempts: readonly Attempt[],
  { claims, history }: ConcludePorts,
  isTaught: boolean,
  now: Instant,
): Promise<Breaker | undefined> {
  if (hasTrialLeft(end, attempts)) {
    await claims.changeBreaker(policy.name, (current) => returnTrial(current, incident.id, now));
    await claims.freeShares(incident.id);
  }
  if (incident.realDrill !== undefined) return undefined;
  const result = repairResult(end, attempts);
  if (result === undefined) return undefined;
  if (isTaught) return result === 'failed' ? claims.breaker(policy.name) : undefined;
  const breaker = await claims.changeBreaker(policy.name, (current) => learn(current, incident.id, result, policy.guardrails.breaker, now));
  if (result === 'healed' || breaker.state !== 'open') return undefined;
  const text = `the circuit breaker of policy ${policy.name} is open until ${iso(breaker.until)}: ${breaker.why}`;
  await history.write(incidentLine('breaker', incident, text, now, { breaker }));
  return breaker;
}

/** Keeps what became of the remedies, of a policy that passes over what seldom helps. Answers, in words, what was passed over for that. */
async function keepRecord(
  { incident, policy }: WorkflowState,
  { reason }: End,
  attempts: readonly Attempt[],
  { claims }: ConcludePorts,
  now: Instant,
): Promise<readonly string[]> {
  const { ladder, name, guardrails } = policy;
  const { passOver } = guardrails;
  if (!passOver || attempts.length === 0 || incident.realDrill !== undefined) return [];
  let before: RemedyRecord = {};
  await claims.changeRemedyRecord(name, (record) => {
    before = record;
    return withEnd(record, incident.id, attempts, reason, now);
  });
  const tried = attempts.map(({ rung }) => rung);
  const left = ladder.slice(0, Math.max(...tried)).filter(({ acts }, rung) => acts && !tried.includes(rung));
  return left.flatMap(({ remedy }) => whyUnhelpful(before, remedy, passOver, now) ?? []);
}

/** Attempts of an earlier version do not say how long they may last; their remedies do. */
function withLongest(attempts: readonly Attempt[], { ladder }: Policy): Promise<readonly Attempt[]> {
  return Promise.all(
    attempts.map(async (attempt) => {
      const rung = ladder[attempt.rung];
      const longest = attempt.longest ?? (rung && (await longestActOf(rung)));
      return longest ? { ...attempt, longest } : attempt;
    }),
  );
}

/** The end that a step named, or the hand-off of a step that failed. */
function endOf({ next, error }: WorkflowState): End {
  if (error === undefined && next?.do === 'conclude') return next.end;
  if (error === undefined && next) {
    const unknown = `the workflow knows no step for "${'remedy' in next ? `${next.do}: ${next.remedy}` : next.do}"`;
    return { outcome: 'handed-off', reason: 'unexpected-error', why: unknown };
  }
  const why = `${error?.Error ?? 'a step'} failed: ${outsideText(error?.Cause ?? 'without a cause', CAUSE_KEPT_CHARACTERS)}`;
  return { outcome: 'handed-off', reason: 'unexpected-error', why };
}
