import { BROKEN_MINUTES, type Breach } from './drill.ts';
import { after, type Duration, type Instant, iso } from './duration.ts';

/** What is kept of the last drill of a policy. */
export interface LastDrill {
  readonly drill: string;
  /** Until when it counts as under way, if nobody says that it is over. */
  readonly until: Instant;
  readonly over?: boolean;
  /** Whoever holds it is going to say when something is broken. @default - it was said, or nobody will */
  readonly announces?: true;
  /** When something was last broken in a drill for real of the policy. @default - nothing was */
  readonly realAt?: Instant;
}

/** The time in which what happens to a target belongs to a drill for real. */
export interface RealDrill {
  readonly drill: string;
  readonly since: Instant;
  readonly until: Instant;
}

/** Longer than a walk takes, which waits for nothing; so long a workflow that died holds up the next drill. */
const LONGEST_WALK: Duration = { minutes: 15 };

const REAL_EVERY: Duration = { hours: 1 };

/** Between the end of the walk and the stop, and from the last moment of what is broken to the alarm. */
const BESIDE_BROKEN: Duration = { minutes: 5 };

/** A drill that asks to be let in. */
export interface DrillAsked {
  readonly drill: string;
  readonly isReal: boolean;
  /** Whoever holds it says when something is broken. */
  readonly announces?: true;
}

/** What is kept of a drill that is let in, or why it is not: one at a time of each policy, and one for real an hour. */
export function nextDrill(
  last: LastDrill | undefined,
  { drill, isReal, announces }: DrillAsked,
  now: Instant,
): { readonly last: LastDrill } | { readonly why: string } {
  if (last && last.drill !== drill && last.over !== true && last.until > now)
    return { why: `drill ${last.drill} of the policy is under way, until ${iso(last.until)} at the latest` };
  const nextReal = last?.realAt === undefined ? now : after(last.realAt, REAL_EVERY);
  if (isReal && last?.drill !== drill && nextReal > now)
    return { why: `the policy had a drill for real at ${iso(last?.realAt ?? now)}; the next one can be held from ${iso(nextReal)} on` };
  const realAt = last?.realAt === undefined ? {} : { realAt: last.realAt };
  // One that comes twice does not begin anew.
  return { last: last?.drill === drill ? last : { drill, until: after(now, LONGEST_WALK), ...(announces && { announces }), ...realAt } };
}

/** The time that belongs to a drill for real, whose walk is over now. */
export function realDrillOf(drill: string, minutes: number, now: Instant): RealDrill {
  const broken = { minutes: Math.min(minutes, BROKEN_MINUTES.most) };
  return { drill, since: now, until: after(after(now, broken), BESIDE_BROKEN) };
}

/** What is kept of the last drill of a policy, and of the drill for real that its target is in. */
export interface KeptOfDrill {
  readonly last: LastDrill;
  /** @default - the target is in none */
  readonly real?: RealDrill;
}

/**
 * What is kept of a drill whose walk is over. Where whoever holds it says when something is broken, its target is in the drill for no longer
 * than that may take: somebody who goes away, or is refused, leaves no real fault to count as one of a drill. A target that is in another
 * drill for real stays in that one.
 */
export function afterWalk(last: LastDrill, real: RealDrill | undefined, known: RealDrill | undefined, now: Instant): KeptOfDrill {
  const over = { ...last, over: true };
  if (!real || isInAnother(known, last.drill, now)) return { last: over };
  if (!last.announces) return { last: { ...over, realAt: now }, real };
  return { last: over, real: { ...real, until: Math.min(real.until, after(now, BESIDE_BROKEN)) } };
}

/**
 * What is kept when it is said what becomes of what is broken. Undefined where nothing changes: of a drill that is not the last one, of one
 * on another target, and of what came late, since nothing begins after its end.
 */
export function afterBreach(
  last: LastDrill | undefined,
  real: RealDrill | undefined,
  { drill, breach, minutes }: { readonly drill: string; readonly breach: Breach; readonly minutes: number },
  at: Instant,
): Required<KeptOfDrill> | undefined {
  if (last?.drill !== drill || last.over !== true || real?.drill !== drill) return undefined;
  const { announces, realAt, ...rest } = last;
  const begunAt = announces || realAt === undefined ? at : realAt;
  switch (breach) {
    case 'begins':
      return announces && { last: { ...rest, realAt: at }, real: { ...realDrillOf(drill, minutes, at), since: real.since } };
    case 'cancelled':
      return { last: rest, real: { ...real, until: Math.min(real.until, at) } };
    case 'over':
      return { last: { ...rest, realAt: begunAt }, real: { ...real, until: Math.min(real.until, after(at, BESIDE_BROKEN)) } };
  }
}

/** Whether the target is in a drill for real beside this one. */
export function isInAnother(known: RealDrill | undefined, drill: string, now: Instant): known is RealDrill {
  return known !== undefined && known.drill !== drill && isInTime(known, now);
}

export function isInTime({ since, until }: RealDrill, at: Instant): boolean {
  return at >= since && at <= until;
}
