import type { Decision } from '../core/decide.ts';
import { after, type Duration, type Instant, iso } from '../core/duration.ts';
import type { Attempt } from '../core/incident.ts';
import type { Check, Next } from '../core/next.ts';
import type { Notes } from '../core/notice/notes.ts';
import type { Stage } from '../core/notice/notice.ts';
import { startedNotice, stillNotice } from '../core/notice/on-the-way.ts';
import { answeredNotice } from '../core/notice/question.ts';
import type { Compose, Notifier } from '../core/ports.ts';
import { targetInWords } from '../core/target.ts';
import type { WorkflowState } from '../core/workflow-state.ts';
import { type NotSentPorts, tellNotSent } from './not-sent.ts';

/** By what people hear of an incident before its end. */
export interface OnTheWay extends NotSentPorts {
  readonly notifier: Notifier;
  /** How long an incident may last before people are told that it is not healed yet. */
  readonly stillAfter: Duration;
}

/**
 * Tells that a rung was begun, at the first look at it, or that the incident lasts. Answers what was told, so that the next looks do not
 * tell it again; a look that is repeated may.
 */
export async function tellOfLook(
  state: WorkflowState,
  { rung, verifyBy }: Check,
  attempts: readonly Attempt[],
  next: Next,
  onTheWay: OnTheWay,
  now: Instant,
): Promise<Notes> {
  const { incident, policy, next: before } = state;
  const about = { incident, policy, notes: before?.notes };
  let notes: Notes = { ...before?.notes };
  const attempt = attempts.find((each) => each.rung === rung);
  if (attempt?.acts && attempt.result === undefined && next.do !== 'triage' && (notes.started ?? -1) < rung) {
    await tell('started', (origin) => startedNotice(origin, attempt, verifyBy, about, now), state, onTheWay, now);
    notes = { ...notes, started: rung };
  }
  if (next.do !== 'verify' && next.do !== 'triage') return notes;
  return tellIfLate(state, attempts, attempt ? `the end of: ${attempt.summary}` : 'the next rung', notes, onTheWay, now);
}

/** Tells that people approved a rung which is climbed now, or that the incident lasts. */
export async function tellOfDecision(
  state: WorkflowState,
  decision: Decision,
  next: Next,
  attempts: readonly Attempt[],
  notes: Notes,
  onTheWay: OnTheWay,
  now: Instant,
): Promise<Notes> {
  const { incident, policy } = state;
  if (decision.kind === 'remediate' && decision.approvedBy && next.do === 'remediate' && (notes.answered ?? -1) < decision.rung) {
    const answer = { rung: decision.rung, remedy: decision.remedy, by: decision.approvedBy };
    await tell('answered', (origin) => answeredNotice(origin, answer, { incident, policy, notes }, now), state, onTheWay, now);
    return { ...notes, answered: decision.rung };
  }
  if (decision.kind !== 'wait') return notes;
  return tellIfLate(state, attempts, decision.why, notes, onTheWay, now);
}

/** Whether people are to be told that the incident lasts. */
export function isLate(
  { incident, policy }: Pick<WorkflowState, 'incident' | 'policy'>,
  notes: Notes | undefined,
  { stillAfter }: Pick<OnTheWay, 'stillAfter'>,
  now: Instant,
): boolean {
  return !notes?.late && policy.mode !== 'shadow' && now >= after(incident.receivedAt, stillAfter);
}

/** Once in the life of an incident. */
async function tellIfLate(
  state: WorkflowState,
  attempts: readonly Attempt[],
  waitsFor: string,
  notes: Notes,
  onTheWay: OnTheWay,
  now: Instant,
): Promise<Notes> {
  const { incident, policy } = state;
  if (!isLate(state, notes, onTheWay, now)) return notes;
  const about = { incident, policy, notes };
  await tell('still-not-healed', (origin) => stillNotice(origin, { attempts, waitsFor }, about, now), state, onTheWay, now);
  return { ...notes, late: true };
}

/** News of what goes on must not keep it from going on: what cannot be sent is written down. */
async function tell(stage: Stage, compose: Compose, { incident }: WorkflowState, onTheWay: OnTheWay, now: Instant): Promise<void> {
  try {
    await onTheWay.notifier.publish(compose);
  } catch (error) {
    const { policy, id, symptom, target } = incident;
    await tellNotSent({ at: iso(now), stage, way: 'mail', policy, incident: id, symptom, target: targetInWords(target) }, error, onTheWay);
  }
}
