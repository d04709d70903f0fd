import { after, type Instant, iso, milliseconds } from './duration.ts';
import type { Attempt, Incident } from './incident.ts';
import { type Guardrails, type Policy, symptomKey } from './policy.ts';
import { type Target, targetKey } from './target.ts';

/** One symptom appeared on one member of a group. */
export interface Arrival {
  readonly incident: string;
  readonly target: Target;
  /** When intake took it in. */
  readonly at: Instant;
}

/** The same symptom on so many members of a group that it is one incident for a person, with one message. */
export interface Storm {
  /** The incident that speaks for all. */
  readonly lead: string;
  /** When it was declared; from then on nothing new is begun. */
  readonly since: Instant;
  /** When the lead has gathered enough to speak. */
  readonly speaksAt: Instant;
  /** When it is over, unless the symptom reaches another member before. */
  readonly until: Instant;
  /** When somebody last looked whether it has reached another member. */
  readonly lookedAt: Instant;
  /** How many members the last message spoke of; absent while there was none. */
  readonly told?: number;
  /** Counts the writes, so that none is lost to another at the same time. */
  readonly version: number;
}

/** What is known of an incident's symptom on the other members of its group. */
export interface Sightings {
  readonly storm?: Storm;
  /** The newest arrivals within the policy's time, at most `MOST_SIGHTED`. */
  readonly arrivals: readonly Arrival[];
}

/** More than twice the most targets of a policy, so that a member which flaps does not hide the others. */
export const MOST_SIGHTED = 100;

type CommonCause = Guardrails['commonCause'];

/** Fewer members with the same symptom are a coincidence, not a common cause. */
const LEAST_TARGETS = 3;

/** The lead gathers for two looks, but not longer than this: a person should know within about a minute. */
const GATHER_AT_MOST = { minutes: 1 };

/** How often in its exit time a storm is looked at: each look reads all of its arrivals and writes its one item. */
const LOOKS_PER_EXIT = 10;

/** Another message is due at so many times the members that the last one spoke of: ten that become a thousand give seven. */
const WORSE_FACTOR = 2;

/** The name under which a symptom's arrivals in its group are kept; none for a target that is its own group. */
export function crowdOf(incident: Incident, policy: Policy): string | undefined {
  return policy.group.kind === 'single' || incident.target.kind !== 'instance' ? undefined : symptomKey(policy);
}

/** How many members with the same symptom make a storm in a group of this size. */
export function stormThreshold({ percent, targets }: CommonCause, groupSize: number): number {
  return Math.max(LEAST_TARGETS, Math.min(Math.ceil((groupSize * percent) / 100), targets));
}

/** The storm, if it is not over. */
export function inForce(storm: Storm | undefined, now: Instant): Storm | undefined {
  return storm !== undefined && storm.until > now ? storm : undefined;
}

/** The first arrival on each target, oldest first. */
export function firstArrivals(arrivals: readonly Arrival[]): readonly Arrival[] {
  const first = new Map<string, Arrival>();
  for (const arrival of arrivals.toSorted((left, right) => left.at - right.at)) {
    const key = targetKey(arrival.target);
    if (!first.has(key)) first.set(key, arrival);
  }
  return [...first.values()];
}

/**
 * Whether so many arrivals are there before this one that others are finding out already whether they are a storm.
 * Finding out takes calls to EC2 and CloudWatch, which answer only a few a second.
 */
export function isBeingFoundOut({ arrivals }: Sightings, { targets }: CommonCause): boolean {
  return firstArrivals(arrivals).length > 2 * targets;
}

/** A storm that this incident declares and leads. */
export function declared(incident: Incident, { guardrails: { commonCause, lookEvery } }: Policy, now: Instant): Storm {
  const gathered = Math.min(2 * milliseconds(lookEvery), milliseconds(GATHER_AT_MOST));
  return { lead: incident.id, since: now, speaksAt: now + gathered, lookedAt: now, until: after(now, commonCause.exitAfter), version: 0 };
}

/** Whether it is time to look if the storm has reached another member: an incident came well after the last look. */
export function isLookDue({ lookedAt }: Storm, { receivedAt }: Incident, commonCause: CommonCause): boolean {
  return receivedAt >= lookedAt + lookEvery(commonCause);
}

/**
 * The storm after a look at all of its arrivals. It lasts until no other member was reached for the exit time; one that
 * is reached again, as by a flapping alarm, keeps it alive no longer. Where it has become much worse than people were
 * told, or its lead never spoke, the incident that looks becomes the lead and speaks anew.
 */
export function lookedAt(storm: Storm, arrivals: readonly Arrival[], incident: Incident, policy: Policy, now: Instant): Storm {
  const { commonCause } = policy.guardrails;
  const reached = firstArrivals(arrivals);
  const until = Math.max(storm.until, after(reached.at(-1)?.at ?? storm.since, commonCause.exitAfter));
  const looked = { ...storm, lookedAt: now, until };
  const hadTimeToSpeak = now > storm.speaksAt + lookEvery(commonCause);
  const isNews = storm.told === undefined || reached.length >= WORSE_FACTOR * storm.told;
  if (!hadTimeToSpeak || !isNews) return looked;
  const { lead, speaksAt } = declared(incident, policy, now);
  return { ...looked, lead, speaksAt };
}

/**
 * Whether the lead's message names everything that this incident did. An act of the second half of the gathering may be
 * too young for it; its incident then speaks for itself.
 */
export function isSpokenFor({ since, speaksAt }: Storm, attempts: readonly Attempt[]): boolean {
  return attempts.every(({ acts, at }) => !acts || at <= (since + speaksAt) / 2);
}

/** In the words of the history, for an incident that another one leads. */
export function spokenForBy({ since, lead }: Storm): string {
  return `part of a storm with one common cause since ${iso(since)}; incident ${lead} speaks for all`;
}

function lookEvery({ exitAfter }: CommonCause): number {
  return milliseconds(exitAfter) / LOOKS_PER_EXIT;
}
