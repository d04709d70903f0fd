import { after, type Instant, inWords, milliseconds } from './duration.ts';
import type { Question, Veto } from './guardrails/guardrail.ts';
import { actGuardrails, guardrails } from './guardrails/registry.ts';
import { type NextRung, nextRung } from './ladder.ts';
import type { Rung } from './policy.ts';
import { type End, endFor } from './reasons.ts';

/** What triage does next with an incident. */
export type Decision =
  | {
      readonly kind: 'remediate';
      readonly rung: number;
      readonly remedy: string;
      readonly claimUntil: Instant;
      /** Rungs that failed on this target lately and are not tried before this one. */
      readonly passedOver: readonly number[];
    }
  /** The symptom went away after an attempt: see whether it stays away. */
  | { readonly kind: 'verify'; readonly rung: number }
  | { readonly kind: 'wait'; readonly until: Instant; readonly reason: string; readonly why: string }
  | { readonly kind: 'end'; readonly end: End };

/**
 * Room beyond a rung's own times before its claim lapses: a claim that lapses during a slow step would let two
 * incidents act on one target; one that never lapses would leave a target behind a crashed incident unhealed.
 */
const CLAIM_MARGIN = { minutes: 5 };

/**
 * Decides what happens next: the first guardrail that vetoes is named; without a veto the next rung is climbed.
 * A symptom that went away after an attempt is verified, whatever the guardrails say, since looking changes nothing.
 */
export function decide(question: Question): Decision {
  const { policy, snapshot } = question;
  const last = Math.max(-1, ...snapshot.attempts.map((attempt) => attempt.rung));
  if (snapshot.symptom.kind === 'gone' && last >= 0) return { kind: 'verify', rung: last };
  const next = nextRung(policy, snapshot.attempts, snapshot.history, question.now);
  const asked = next.rung?.acts ? [...guardrails, ...actGuardrails] : guardrails;
  for (const guardrail of asked) {
    const veto = guardrail(question);
    if (veto) return obey(veto, question);
  }
  return next.rung ? climb(question, next.rung, next) : exhausted(question);
}

function obey(veto: Veto, { incident, policy, snapshot, now }: Question): Decision {
  const changes = snapshot.attempts.filter((attempt) => attempt.acts).length;
  if (veto.kind === 'end') return { kind: 'end', end: endFor(veto.reason, veto.why, changes) };
  const waitingSince = Math.max(incident.receivedAt, ...snapshot.attempts.map((attempt) => attempt.at));
  if (veto.until <= after(waitingSince, policy.guardrails.waitAtMost)) {
    return { kind: 'wait', until: veto.until, reason: veto.reason, why: veto.why };
  }
  return { kind: 'end', end: endFor(veto.reason, `${veto.why}; waited ${inWords(now - waitingSince)}`, changes) };
}

function climb({ policy, now }: Question, next: Rung, { number, passedOver }: NextRung): Decision {
  const busy = milliseconds(next.settle) + milliseconds(next.verifyWithin) + milliseconds(policy.probation);
  return { kind: 'remediate', rung: number, remedy: next.remedy, claimUntil: after(now + busy, CLAIM_MARGIN), passedOver };
}

function exhausted({ policy, snapshot }: Question): Decision {
  const tried = snapshot.attempts.filter((attempt) => attempt.result !== 'not-applicable').length;
  const why = `${tried} of ${policy.ladder.length} remedies were tried; ${snapshot.symptom.why}`;
  return { kind: 'end', end: endFor('ladder-exhausted', why, tried) };
}
