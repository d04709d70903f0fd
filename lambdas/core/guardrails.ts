import { isHeldByAnother, type Lease, liveSlots, type Slots, slotLimit } from './claim.ts';
import { after, type Instant, inWords, milliseconds } from './duration.ts';
import type { Attempt, Incident } from './incident.ts';
import type { Policy } from './policy.ts';
import type { Reason } from './reasons.ts';
import { targetInWords } from './target.ts';
import type { SymptomReading } from './verification.ts';

/** Whether an operator has stopped the pipeline, and in what words. */
export type Pause = { readonly kind: 'running' } | { readonly kind: 'paused'; readonly why: string };

/** What is known of the target and its group. */
export interface TargetFacts {
  /** `leaving` is stopped, stopping or being terminated. */
  readonly presence: 'present' | 'leaving' | 'absent';
  readonly tags: Readonly<Record<string, string>>;
  readonly inGroup: boolean;
  /** Members of the group, the target included. */
  readonly groupSize: number;
}

/** Everything that triage reads before it decides, at about one moment. */
export interface Snapshot {
  readonly pause: Pause;
  readonly facts: TargetFacts;
  readonly symptom: SymptomReading;
  /** The attempts of this incident, by rung. */
  readonly attempts: readonly Attempt[];
  /** The acting attempts on this target in the policy's period, of every policy and incident. */
  readonly history: readonly Attempt[];
  readonly lease?: Lease;
  readonly slots: Slots;
}

/** A guardrail's veto: the end of the incident, or a wait that becomes that end if it outlasts the policy's patience. */
export type Veto =
  | { readonly kind: 'end'; readonly reason: Reason; readonly why: string }
  | { readonly kind: 'wait'; readonly reason: Reason; readonly why: string; readonly until: Instant };

export interface Question {
  readonly incident: Incident;
  readonly policy: Policy;
  readonly snapshot: Snapshot;
  readonly now: Instant;
}

/** A check that can veto the next act. Pure; undefined means no objection. */
export type Guardrail = (question: Question) => Veto | undefined;

export const pauseSwitch: Guardrail = ({ snapshot }) =>
  snapshot.pause.kind === 'paused' ? { kind: 'end', reason: 'paused', why: snapshot.pause.why } : undefined;

export const membership: Guardrail = ({ incident, snapshot: { facts } }) => {
  const target = targetInWords(incident.target);
  if (facts.presence === 'absent') return { kind: 'end', reason: 'target-gone', why: `${target} does not exist` };
  if (facts.presence === 'leaving') return { kind: 'end', reason: 'target-gone', why: `${target} is stopped or being terminated` };
  if (!facts.inGroup) return { kind: 'end', reason: 'not-in-fleet', why: `${target} is not a member of the protected group` };
  return facts.groupSize === 0 ? { kind: 'end', reason: 'no-target', why: 'the group has no members' } : undefined;
};

export const exclusion: Guardrail = ({ incident, policy, snapshot: { facts } }) => {
  const value = facts.tags[policy.guardrails.excludeTag];
  if (value === undefined || value === 'false') return undefined;
  return { kind: 'end', reason: 'excluded', why: `${targetInWords(incident.target)} has the tag ${policy.guardrails.excludeTag}=${value}` };
};

export const recovery: Guardrail = ({ snapshot: { symptom, attempts } }) =>
  symptom.kind === 'gone' && attempts.length === 0 ? { kind: 'end', reason: 'already-recovered', why: symptom.why } : undefined;

export const visibility: Guardrail = ({ policy, snapshot: { symptom }, now }) =>
  symptom.kind === 'unknown'
    ? { kind: 'wait', reason: 'symptom-unknown', why: symptom.why, until: after(now, policy.guardrails.lookEvery) }
    : undefined;

/** The same symptom on the same target is one incident, however often the alarm toggles while it is open. */
export const oneIncident: Guardrail = ({ incident, snapshot: { lease }, now }) =>
  isHeldByAnother(lease, incident.id, now) && lease.policy === incident.policy
    ? { kind: 'end', reason: 'already-open', why: `incident ${lease.incident} of the same policy is open` }
    : undefined;

export const attemptCap: Guardrail = ({ incident, policy, snapshot: { history }, now }) => {
  const { most, per } = policy.guardrails.attempts;
  const recent = history.filter((attempt) => attempt.acts && attempt.at > now - milliseconds(per));
  if (recent.length < most) return undefined;
  const why = `${targetInWords(incident.target)} had ${recent.length} attempts in the last ${inWords(milliseconds(per))}; ${most} are allowed`;
  return { kind: 'end', reason: 'attempts-used-up', why };
};

export const cooldown: Guardrail = ({ incident, policy, snapshot: { history }, now }) => {
  const last = history
    .filter((attempt) => attempt.acts)
    .reduce((latest, attempt) => Math.max(latest, attempt.at), Number.NEGATIVE_INFINITY);
  const until = after(last, policy.guardrails.cooldown);
  if (until <= now) return undefined;
  return { kind: 'wait', reason: 'cooldown', why: `${targetInWords(incident.target)} was acted on ${inWords(now - last)} ago`, until };
};

export const targetLease: Guardrail = ({ incident, policy, snapshot: { lease }, now }) => {
  if (!isHeldByAnother(lease, incident.id, now)) return undefined;
  const until = Math.min(lease.expiresAt, after(now, policy.guardrails.lookEvery));
  return { kind: 'wait', reason: 'target-busy', why: `policy ${lease.policy} is working on ${targetInWords(incident.target)}`, until };
};

export const blastRadius: Guardrail = ({ incident, policy, snapshot: { facts, slots }, now }) => {
  const others = Object.keys(liveSlots(slots, now)).filter((holder) => holder !== incident.id).length;
  const limit = slotLimit(policy.guardrails.blastRadius, facts.groupSize);
  if (others < limit) return undefined;
  const why = `${others} of ${facts.groupSize} members are in remediation; ${limit} are allowed at once`;
  return { kind: 'wait', reason: 'blast-radius', why, until: after(now, policy.guardrails.lookEvery) };
};

/** The guardrails before every rung, in the order in which they are asked; the first veto is the one that is named. */
export const guardrails: readonly Guardrail[] = [pauseSwitch, membership, exclusion, recovery, visibility, oneIncident, targetLease];

/** The further guardrails before a rung that changes something, asked after the others. */
export const actGuardrails: readonly Guardrail[] = [attemptCap, cooldown, blastRadius];
