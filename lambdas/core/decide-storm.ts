import { type Decision, obey } from './decide.ts';
import { after, type Instant } from './duration.ts';
import { commonCause } from './guardrails/common-cause.ts';
import type { Question } from './guardrails/guardrail.ts';
import type { Attempt, Incident } from './incident.ts';
import type { Policy } from './policy.ts';
import { endFor } from './reasons.ts';
import {
  afterSilent,
  declared,
  inForce,
  isBeingFoundOut,
  isPartOf,
  type Sightings,
  type Storm,
  spokenForBy,
  stormAsWitness,
  stormThreshold,
} from './storm.ts';

/** What is known of an incident before anything of AWS was read. */
export interface FirstLook {
  readonly incident: Incident;
  readonly policy: Policy;
  readonly sightings: Sightings;
  readonly attempts: readonly Attempt[];
  /** Whether it was never triaged before. */
  readonly isNew: boolean;
}

/**
 * Decides from the incident table alone, where that is enough: in a storm that another incident leads, nothing is left
 * to do for one that has done nothing; and while others find out whether there is a storm, a new one waits. So a
 * thousand incidents at once ask little of CloudWatch and EC2, which describe only some things a second.
 */
export function decideInCrowd(
  { incident, policy, sightings, attempts, isNew }: FirstLook,
  now: Instant,
): Extract<Decision, { kind: 'wait' | 'end' }> | undefined {
  const storm = inForce(sightings.storm, now);
  if (storm?.lead === incident.id) return undefined;
  const { commonCause } = policy.guardrails;
  if (storm) {
    const hasNothingToDo = attempts.length === 0 && isPartOf(storm, incident, commonCause);
    if (!hasNothingToDo) return undefined;
    return { kind: 'end', end: endFor('part-of-common-cause', spokenForBy(storm), 0, stormAsWitness(storm, incident, policy)) };
  }
  if (!isNew || !isBeingFoundOut(sightings, incident, commonCause)) return undefined;
  const why = 'many others came with the same symptom; some of them find out whether it is a common cause';
  return { kind: 'wait', until: after(now, policy.guardrails.lookEvery), reason: 'common-cause', why };
}

/** The storm that an incident declares, with the one before it that nobody was told of. */
export function stormToDeclare({ incident, policy, snapshot: { crowd, facts }, now }: Question, before: Storm | undefined): Storm {
  const cameTogether = crowd !== undefined && crowd.recent >= stormThreshold(policy.guardrails.commonCause, facts.groupSize);
  return afterSilent(before, declared(incident, policy, now, cameTogether ? crowd.span : undefined));
}

/**
 * Decides what a storm leaves to do that was declared in this look, by the incident itself or by a faster one. Of the guardrails only
 * the first can have something new to say: the common cause, which asked for the declaration.
 */
export function decideDeclared(question: Question, storm: Storm): Extract<Decision, { kind: 'wait' | 'end' }> {
  const { incident, policy, snapshot, now } = question;
  const verdict = snapshot.crowd && commonCause({ ...question, snapshot: { ...snapshot, crowd: { ...snapshot.crowd, storm } } });
  if (!verdict || verdict.kind === 'declare') {
    const why = 'the storm changed meanwhile; look again';
    return { kind: 'wait', until: after(now, policy.guardrails.lookEvery), reason: 'common-cause', why };
  }
  const decision = obey(verdict, question);
  // Whoever leads speaks for all, which takes until it has gathered, however short the policy's own patience is.
  if (decision.kind === 'end' && storm.lead === incident.id && now < storm.speaksAt)
    return { kind: 'wait', until: storm.speaksAt, reason: 'common-cause', why: decision.end.why };
  return decision;
}
