import { after, type Duration, type Instant, iso, milliseconds } from './duration.ts';
import type { Attempt, Incident } from './incident.ts';
import { type Guardrails, type Policy, symptomKey } from './policy.ts';
import { reachedFrom } from './reached-from.ts';
import type { Witness } from './reasons.ts';
import { type Target, targetKey } from './target.ts';

/** One symptom appeared on one member of a group. */
export interface Arrival {
  readonly incident: string;
  readonly target: Target;
  /** When its alarm entered ALARM, by CloudWatch's clock. Versions before this one wrote when intake took it in. */
  readonly at: Instant;
}

/** From the first to the last of some alarms, by their own time. */
export interface Span {
  readonly from: Instant;
  readonly to: Instant;
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
  /**
   * The alarms that came together. @default - the storm is the state of the group, more than half of it in ALARM, or was
   * declared by an earlier version; every incident of the symptom in the group is part of it
   */
  readonly span?: Span;
  /** How many members the message that is due speaks of. */
  readonly says?: number;
  /** How many members the last message that went out spoke of; absent while there was none. */
  readonly told?: number;
  /** The lead whose message went out, whoever sent it. While that is another one than the lead, the storm owes a message. */
  readonly toldFor?: string;
  /** Who is sending the message, and until when nobody else does. */
  readonly speaker?: { readonly name: string; readonly until: Instant };
  /** Counts the writes, so that none is lost to another at the same time. */
  readonly version: number;
}

/** What is known of an incident's symptom on the other members of its group. */
export interface StormRecord {
  readonly storm?: Storm;
  /** The newest arrivals around the incident's own time, at most `MOST_READ`. */
  readonly arrivals: readonly Arrival[];
}

/** More than twice the most targets of a policy, so that a member which flaps does not hide the others. */
export const MOST_READ = 100;

type StormLimits = Guardrails['storm'];

/** The longest time of a storm, of which twice as much is kept. */
export const LONGEST_STORM_TIME: Duration = { days: 1 };

/** Fewer members with the same symptom are a coincidence, and no storm. */
const LEAST_TARGETS = 3;

/** The lead gathers for two looks, but not longer than this: a person should know within about a minute. */
const GATHER_AT_MOST = { minutes: 1 };

/** How often in its exit time a storm is looked at: each look reads all of its arrivals and writes its one item. */
const LOOKS_PER_EXIT = 10;

/** Another message is due at so many times the members that the last one spoke of: ten that become a thousand give seven. */
const WORSE_FACTOR = 2;

/** The name under which a symptom's arrivals in its group are kept; none for a target that is its own group, and for a drill. */
export function stormIdOf(incident: Incident, policy: Policy): string | undefined {
  const isAlone = policy.group.kind === 'single' || incident.target.kind !== 'instance';
  return isAlone || incident.drill !== undefined ? undefined : symptomKey(policy);
}

/** How many members with the same symptom make a storm in a group of this size. */
export function stormThreshold({ percent, targets }: StormLimits, groupSize: number): number {
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

/** The time around an incident in which arrivals count as come together with it. */
export function spanAround({ openedAt }: Incident, { within }: StormLimits): Span {
  return { from: openedAt - milliseconds(within), to: openedAt + milliseconds(within) };
}

/**
 * The first arrival on each target in that stretch of the policy's time around the incident which holds the most of
 * them. It is the time of the alarms that counts: what is taken up late, all at once, did not come together for that.
 */
export function together(
  arrivals: readonly Arrival[],
  { openedAt }: Pick<Incident, 'openedAt'>,
  { within }: StormLimits,
): readonly Arrival[] {
  const length = milliseconds(within);
  const begins = new Set([openedAt, ...arrivals.map(({ at }) => at)].filter((at) => at <= openedAt && at >= openedAt - length));
  const reached = reachedFrom(arrivals, begins, length);
  const most = Math.max(0, ...reached.values());
  const begin = [...begins].find((at) => reached.get(at) === most) ?? openedAt;
  return firstArrivals(arrivals.filter(({ at }) => at >= begin && at <= begin + length));
}

/** From the first to the last of them; undefined where there is none. */
export function spanOf(arrivals: readonly Arrival[]): Span | undefined {
  const times = arrivals.map(({ at }) => at);
  return times.length === 0 ? undefined : { from: Math.min(...times), to: Math.max(...times) };
}

/** From when on the arrivals of a storm are to be read. */
export function beginOf({ since, span }: Storm, { within }: StormLimits): Instant {
  return (span?.from ?? since) - milliseconds(within);
}

/** The arrivals that belong to the storm: each at most the exit time after the one before. */
export function ofStorm(storm: Storm, arrivals: readonly Arrival[], stormLimits: StormLimits): readonly Arrival[] {
  const begun = arrivals.filter(({ at }) => at >= beginOf(storm, stormLimits)).toSorted((left, right) => left.at - right.at);
  if (!storm.span) return begun;
  let last = storm.span.to;
  return begun.filter(({ at }) => {
    const belongs = at <= after(last, stormLimits.exitAfter);
    if (belongs) last = Math.max(last, at);
    return belongs;
  });
}

/** Whether the incident's alarm came with those of the storm. */
export function isPartOf({ span }: Storm, { openedAt }: Pick<Incident, 'openedAt'>, { within, exitAfter }: StormLimits): boolean {
  return !span || (openedAt >= span.from - milliseconds(within) && openedAt <= after(span.to, exitAfter));
}

/**
 * Whether so many arrivals are there before this one that others are finding out already whether they are a storm.
 * Finding out takes calls to EC2 and CloudWatch, which answer only a few a second.
 */
export function isBeingFoundOut({ arrivals }: StormRecord, incident: Pick<Incident, 'openedAt'>, stormLimits: StormLimits): boolean {
  return together(arrivals, incident, stormLimits).length > 2 * stormLimits.targets;
}

/** A storm that this incident declares and leads; without a span it is the state of the whole group. */
export function declared(
  incident: Pick<Incident, 'id'>,
  { guardrails: { storm: stormLimits, lookEvery } }: Policy,
  now: Instant,
  span?: Span,
): Storm {
  const gathered = Math.min(2 * milliseconds(lookEvery), milliseconds(GATHER_AT_MOST));
  const until = after(now, stormLimits.exitAfter);
  return { lead: incident.id, since: now, speaksAt: now + gathered, lookedAt: now, until, version: 0, ...(span && { span }) };
}

/** The storm with the one before it that nobody was told of: its message speaks of both. */
export function afterSilent(before: Storm | undefined, storm: Storm): Storm {
  if (!before || before.told !== undefined) return storm;
  const { span: _, ...stateOfGroup } = { ...storm, since: before.since };
  if (!storm.span || !before.span) return stateOfGroup;
  return { ...stateOfGroup, span: { from: Math.min(before.span.from, storm.span.from), to: Math.max(before.span.to, storm.span.to) } };
}

/** Whether it is time to look if the storm has reached another member: an incident came well after the last look. */
export function isLookDue({ lookedAt }: Storm, { receivedAt }: Incident, stormLimits: StormLimits): boolean {
  return receivedAt >= lookedAt + lookEvery(stormLimits);
}

/**
 * The storm after a look at all of its arrivals. It lasts until no other member was reached for the exit time; one that
 * is reached again, as by a flapping alarm, keeps it alive no longer. Where it has become much worse than people were
 * told, or its lead never spoke, the incident that looks becomes the lead and speaks anew.
 */
export function lookedAt(storm: Storm, arrivals: readonly Arrival[], incident: Incident, policy: Policy, now: Instant): Storm {
  const { storm: stormLimits } = policy.guardrails;
  const reached = firstArrivals(ofStorm(storm, arrivals, stormLimits));
  const until = Math.max(storm.until, after(reached.at(-1)?.at ?? storm.since, stormLimits.exitAfter));
  const span = storm.span && { from: storm.span.from, to: Math.max(storm.span.to, reached.at(-1)?.at ?? 0) };
  const looked = { ...storm, lookedAt: now, until, ...(span && { span }) };
  const hadTimeToSpeak = now > storm.speaksAt + lookEvery(stormLimits);
  const isNews = storm.told === undefined || reached.length >= WORSE_FACTOR * storm.told;
  if (!hadTimeToSpeak || !isNews || !isPartOf(looked, incident, stormLimits)) return looked;
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
  return `part of a storm since ${iso(since)}; incident ${lead} speaks for all`;
}

/** The storm whose message speaks for the incident: when its lead last had gathered enough to speak, or without a time while that is to come. */
export function stormAsWitness({ speaksAt }: Storm, policy: Policy, now: Instant): Witness {
  return { kind: 'storm', id: symptomKey(policy), ...(speaksAt <= now && { at: speaksAt }) };
}

function lookEvery({ exitAfter }: StormLimits): number {
  return milliseconds(exitAfter) / LOOKS_PER_EXIT;
}
