import { after, type Instant, inWords, iso, milliseconds } from './duration.ts';
import type { Attempt } from './incident.ts';
import type { Policy } from './policy.ts';
import { type Arrival, firstArrivals, type Storm } from './storm.ts';
import { nameOf, targetInWords } from './target.ts';

/** What members may have in common that is cheap to read. */
export interface Traits {
  readonly zone?: string;
  readonly type?: string;
  readonly image?: string;
}

/** What the lead of a storm has gathered. */
export interface Evidence {
  readonly storm: Storm;
  /** On members of the group only. */
  readonly arrivals: readonly Arrival[];
  /** The acting attempts of its incidents. */
  readonly attempts: readonly Attempt[];
  /** Samples of the members with and without the symptom, or why they could not be read. */
  readonly traits: { readonly with: readonly Traits[]; readonly without: readonly Traits[] } | { readonly unknown: string };
}

/** Members that a message names; the history has the others. */
const MOST_NAMED = 20;

/** Values of one trait that a message names. */
const MOST_VALUES = 3;

/** What a person must know of a storm, as lines of the message: who and since when, what they share, what was done and what not. */
export function diagnosis({ storm, arrivals, attempts, traits }: Evidence, policy: Policy, now: Instant): readonly string[] {
  const reached = firstArrivals(arrivals);
  return [...spread(reached), ...members(reached), ...shared(traits), ...done(attempts), ...notDone(storm, policy, now)];
}

/** The ids of the members that the message names. */
export function namedMembers(arrivals: readonly Arrival[]): readonly string[] {
  return firstNamed(firstArrivals(arrivals)).map(({ target }) => nameOf(target));
}

function spread(reached: readonly Arrival[]): string[] {
  const [first] = reached;
  if (!first) return [];
  const last = reached.at(-1) ?? first;
  const others = reached.length === 1 ? '' : `, ${reached.length - 1} more within ${inWords(last.at - first.at)}`;
  return [`SPREAD     first ${targetInWords(first.target)} at ${iso(first.at)}${others}`];
}

function members(reached: readonly Arrival[]): string[] {
  const named = firstNamed(reached).map(({ target }) => (target.kind === 'instance' ? target.id : targetInWords(target)));
  const more = reached.length > MOST_NAMED ? ` and ${reached.length - MOST_NAMED} more` : '';
  return named.length === 0 ? [] : [`MEMBERS    ${named.join(', ')}${more}`];
}

function firstNamed(reached: readonly Arrival[]): readonly Arrival[] {
  return reached.slice(0, MOST_NAMED);
}

function shared(traits: Evidence['traits']): string[] {
  if ('unknown' in traits) return [`SHARED     not known: ${traits.unknown}`];
  const lines = (['zone', 'type', 'image'] as const).flatMap((trait) => valuesOf(trait, traits.with, traits.without));
  return lines.map((line, index) => `${index === 0 ? 'SHARED    ' : '          '} ${line}`);
}

/** How often each value is among those with the symptom, and among the others: a value that only they have is a lead. */
function valuesOf(trait: keyof Traits, sick: readonly Traits[], well: readonly Traits[]): string[] {
  const known = sick.flatMap((member) => member[trait] ?? []);
  const count = (from: readonly Traits[], value: string) => from.filter((member) => member[trait] === value).length;
  const values = [...new Set(known)].toSorted((left, right) => count(sick, right) - count(sick, left));
  if (values.length === 0) return [];
  const said = values
    .slice(0, MOST_VALUES)
    .map(
      (value) =>
        `${value} ${count(sick, value)} of ${sick.length}${well.length > 0 ? ` (of the others ${count(well, value)} of ${well.length})` : ''}`,
    );
  const more = values.length > MOST_VALUES ? [`${values.length - MOST_VALUES} more`] : [];
  return [`${trait}: ${[...said, ...more].join(', ')}`];
}

function done(attempts: readonly Attempt[]): string[] {
  if (attempts.length === 0) return ['ACTED ON   no member'];
  const words = ({ target, summary, at, result }: Attempt) =>
    `${targetInWords(target)}: ${summary} at ${iso(at)}, ${result ?? 'being verified'}`;
  return attempts.map((attempt, index) => `${index === 0 ? 'ACTED ON  ' : '          '} ${words(attempt)}`);
}

function notDone({ until }: Storm, { guardrails: { storm: stormLimits } }: Policy, now: Instant): string[] {
  const exit = inWords(milliseconds(stormLimits.exitAfter));
  const earliest = iso(Math.max(until, after(now, { seconds: 1 })));
  return [`WAITING    nothing more is repaired until the symptom reached no further member for ${exit}: at the earliest ${earliest}`];
}
