import { type Decision, obey } from './decide.ts';
import { after, type Instant } from './duration.ts';
import type { Question } from './guardrails/guardrail.ts';
import { storm as stormGuardrail } from './guardrails/storm.ts';
import type { Attempt, Incident } from './incident.ts';
import type { Policy } from './policy.ts';
import { endFor } from './reasons.ts';
import {
  afterSilent,
  declared,
  inForce,
  isBeingFoundOut,
  isPartOf,
  type Storm,
  type StormRecord,
  spokenForBy,
  stormAsWitness,
  stormThreshold,
} from './storm.ts';

/** What is known of an incident before anything of AWS was read. */
export interface FirstLook {
  readonly incident: Incident;
  readonly policy: Policy;
  readonly stormRecord: StormRecord;
  readonly attempts: readonly Attempt[];
  /** Whether it was never triaged before. */
  readonly isNew: boolean;
}

/**
 * Decides from the incident table alone, where that is enough: in a storm that another incident leads, nothing is left
 * to do for one that has done nothing; and while others find out whether there is a storm, a new one waits. So a
 * thousand incidents at once ask little of CloudWatch and EC2, which describe only some things a second.
 */
export function decideStorm(
  { incident, policy, stormRecord, attempts, isNew }: FirstLook,
  now: Instant,
): Extract<Decision, { kind: 'wait' | 'end' }> | undefined {
  const storm = inForce(stormRecord.storm, now);
  if (storm?.lead === incident.id) return undefined;
  const { storm: stormLimits } = policy.guardrails;
  if (storm) {
    const hasNothingToDo = attempts.length === 0 && isPartOf(storm, incident, stormLimits);
    if (!hasNothingToDo) return undefined;
    return { kind: 'end', end: endFor('part-of-storm', spokenForBy(storm), 0, stormAsWitness(storm, policy, now)) };
  }
  if (!isNew || !isBeingFoundOut(stormRecord, incident, stormLimits)) return undefined;
  const why = 'many others came with the same symptom; some of them find out whether it is a storm';
  return { kind: 'wait', until: after(now, policy.guardrails.lookEvery), reason: 'storm', why };
}

/** The storm that an incident declares, with the one before it that nobody was told of. */
export function stormToDeclare({ incident, policy, snapshot: { stormWatch, facts }, now }: Question, before: Storm | undefined): Storm {
  const cameTogether = stormWatch !== undefined && stormWatch.recent >= stormThreshold(policy.guardrails.storm, facts.groupSize);
  return afterSilent(before, declared(incident, policy, now, cameTogether ? stormWatch.span : undefined));
}

/**
 * Decides what a storm leaves to do that was declared in this look, by the incident itself or by a faster one. Of the guardrails only
 * the first can have something new to say: the one of storms, which asked for the declaration.
 */
export function decideDeclared(question: Question, storm: Storm): Extract<Decision, { kind: 'wait' | 'end' }> {
  const { incident, policy, snapshot, now } = question;
  const verdict =
    snapshot.stormWatch && stormGuardrail({ ...question, snapshot: { ...snapshot, stormWatch: { ...snapshot.stormWatch, storm } } });
  if (!verdict || verdict.kind === 'declare') {
    const why = 'the storm changed meanwhile; look again';
    return { kind: 'wait', until: after(now, policy.guardrails.lookEvery), reason: 'storm', why };
  }
  const decision = obey(verdict, question);
  // Whoever leads speaks for all, which takes until it has gathered, however short the policy's own patience is.
  if (decision.kind === 'end' && storm.lead === incident.id && now < storm.speaksAt)
    return { kind: 'wait', until: storm.speaksAt, reason: 'storm', why: decision.end.why };
  return decision;
}
