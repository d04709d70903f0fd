import { givenInTime } from './approval.ts';
import { isMadeByRollouts } from './change-conditions.ts';
import { after, type Instant, inWords } from './duration.ts';
import { deploymentInProgress } from './guardrails/deployment-in-progress.ts';
import type { Question, Snapshot, Verdict } from './guardrails/guardrail.ts';
import { actGuardrails, guardrails, symptomGuardrails } from './guardrails/registry.ts';
import { mayHaveChanged } from './incident.ts';
import { type NextRung, nextRung } from './ladder.ts';
import { modeGate } from './mode-gate.ts';
import type { Rung } from './policy.ts';
import { type End, endFor } from './reasons.ts';

/** What triage does next with an incident. */
export type Decision =
  | {
      readonly kind: 'remediate';
      readonly rung: number;
      readonly remedy: string;
      /** Rungs that failed on this target lately, or seldom help, and are not tried before this one. */
      readonly passedOver: readonly number[];
      /** Who approved it, where the mode asks for that. */
      readonly approvedBy?: readonly string[];
    }
  /** Shadow mode: do nothing, and see whether the symptom passes by itself in the time that the rung would have had. */
  | { readonly kind: 'watch'; readonly rung: number; readonly remedy: string }
  /** Approval mode, or a dearer remedy in the place of one that seldom helps: ask people, and look again when they have answered or the time is up. */
  | {
      readonly kind: 'ask';
      readonly rung: number;
      readonly remedy: string;
      readonly until: Instant;
      /** Why they are asked where the mode does not ask for it. */
      readonly because?: string;
      readonly approvedBy?: readonly string[];
    }
  /** The symptom went away after an attempt: see whether it stays away. */
  | { readonly kind: 'verify'; readonly rung: number }
  | { readonly kind: 'wait'; readonly until: Instant; readonly reason: string; readonly why: string }
  | { readonly kind: 'end'; readonly end: End }
  /** Many members have the symptom: declare a storm; `decideDeclared` says what it leaves to do, knowing who leads it. */
  | { readonly kind: 'declare'; readonly reason: 'storm'; readonly why: string };

/**
 * Decides what happens next: the first guardrail that vetoes is named; without a veto the next rung is climbed.
 * A symptom that went away after an attempt is verified, whatever the guardrails say, since looking changes nothing; but
 * the lead of a storm speaks for others, too.
 */
export function decide(question: Question): Decision {
  const { incident, policy, snapshot } = question;
  const last = Math.max(-1, ...snapshot.attempts.map((attempt) => attempt.rung));
  const leads = snapshot.stormWatch?.storm?.lead === question.incident.id;
  if (snapshot.symptom.kind === 'gone' && last >= 0 && !leads) return { kind: 'verify', rung: last };
  const next = nextRung(policy, snapshot.attempts, snapshot.history, question.now, snapshot);
  const asked = next.rung?.acts ? [...guardrails, ...actGuardrails] : guardrails;
  for (const guardrail of asked) {
    if (incident.drill !== undefined && symptomGuardrails.includes(guardrail)) continue;
    const verdict = guardrail(question);
    if (verdict) return verdict.kind === 'declare' ? verdict : obey(verdict, question);
  }
  return next.rung ? climb(question, next.rung, next) : exhausted(question);
}

/** What a guardrail's verdict leaves an incident to do: it waits, or it ends once it has waited for as long as the policy allows. */
export function obey(
  verdict: Exclude<Verdict, { kind: 'declare' }>,
  { incident, policy, snapshot, now }: Question,
): Extract<Decision, { kind: 'wait' | 'end' }> {
  const changes = changesOf(snapshot);
  if (verdict.kind === 'end') return { kind: 'end', end: endFor(verdict.reason, verdict.why, changes, verdict.witness) };
  const own = snapshot.requests.filter(({ request }) => request.incident === incident.id);
  const answers = own.flatMap((asked) => givenInTime(asked, now));
  const judged = snapshot.attempts.filter(({ result }) => result !== 'not-taken').map(({ at, judgedAt = at }) => judgedAt);
  const waitingSince = Math.max(incident.receivedAt, ...judged, ...answers.map(({ at }) => at));
  // What it would wait for may be a real incident, which it must not be beside.
  if (incident.drill !== undefined) return { kind: 'end', end: endFor(verdict.reason, `${verdict.why}; a drill does not wait`, changes) };
  if (verdict.until <= after(waitingSince, policy.guardrails.waitAtMost)) {
    return { kind: 'wait', until: verdict.until, reason: verdict.reason, why: verdict.why };
  }
  return { kind: 'end', end: endFor(verdict.reason, `${verdict.why}; waited ${inWords(now - waitingSince)}`, changes) };
}

function climb(question: Question, next: Rung, { number: rung, passedOver, dearer }: NextRung): Decision {
  const { snapshot } = question;
  const { remedy } = next;
  const permission = modeGate(question, next, rung, dearer);
  if (permission.kind === 'refused')
    return { kind: 'end', end: endFor(permission.reason, permission.why, changesOf(snapshot), permission.witness) };
  if (permission.kind === 'watch') return { kind: 'watch', rung, remedy };
  if (permission.kind === 'ask')
    return {
      ...{ kind: 'ask', rung, remedy, until: permission.until },
      ...(permission.by && { approvedBy: permission.by }),
      ...(dearer !== undefined && { because: dearer }),
    };
  const approvedBy = permission.by.length > 0 ? { approvedBy: permission.by } : {};
  return { kind: 'remediate', rung, remedy, passedOver, ...approvedBy };
}

function changesOf({ attempts }: Snapshot): number {
  return attempts.filter(mayHaveChanged).length;
}

function exhausted(question: Question): Decision {
  const { incident, policy, snapshot } = question;
  if (incident.drill !== undefined) {
    const ladder = policy.ladder.map(({ remedy }) => remedy).join(', ');
    return { kind: 'end', end: endFor('drill', `every rung was looked at: ${ladder}`, 0) };
  }
  const rollout = isMadeByRollouts(policy) ? deploymentInProgress(question) : undefined;
  if (rollout?.kind === 'wait') return obey(rollout, question);
  const { attempts } = snapshot;
  const tried = attempts.filter(({ result }) => result !== 'not-applicable' && result !== 'not-taken').length;
  const notTaken = attempts.filter(({ result }) => result === 'not-taken');
  if (tried === 0 && notTaken.length > 0)
    return { kind: 'end', end: endFor('act-not-taken', notTaken.map(({ remedy, why }) => `${remedy}: ${why}`).join('; '), 0) };
  const why = `${tried} of ${policy.ladder.length} remedies were tried; ${snapshot.symptom.why}`;
  return { kind: 'end', end: endFor('ladder-exhausted', why, tried) };
}
