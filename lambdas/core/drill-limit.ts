import { BROKEN_MINUTES } from './drill.ts';
import { after, type Duration, type Instant, iso } from './duration.ts';

/** What is kept of the last drill of a policy. */
export interface LastDrill {
  readonly drill: string;
  /** Until when it counts as under way, if nobody says that it is over. */
  readonly until: Instant;
  readonly over?: boolean;
  /** When the last drill for real of the policy was let in. @default - there was none */
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

/** Between the end of the walk and the stop, and from the last moment of it to the alarm. */
const BESIDE_BROKEN: Duration = { minutes: 5 };

/** What is kept of a drill that is let in, or why it is not: one at a time of each policy, and one for real an hour. */
export function nextDrill(
  last: LastDrill | undefined,
  { drill, isReal }: { readonly drill: string; readonly isReal: boolean },
  now: Instant,
): { readonly last: LastDrill } | { readonly why: string } {
  if (last && last.drill !== drill && last.over !== true && last.until > now)
    return { why: `drill ${last.drill} of the policy is under way, until ${iso(last.until)} at the latest` };
  const nextReal = last?.realAt === undefined ? now : after(last.realAt, REAL_EVERY);
  if (isReal && last?.drill !== drill && nextReal > now)
    return { why: `the policy had a drill for real at ${iso(last?.realAt ?? now)}; the next one can be held from ${iso(nextReal)} on` };
  const realAt = last?.realAt === undefined ? {} : { realAt: last.realAt };
  // One that comes twice does not begin anew.
  return { last: last?.drill === drill ? last : { drill, until: after(now, LONGEST_WALK), ...realAt } };
}

/** The time that belongs to a drill for real, whose walk is over now. */
export function realDrillOf(drill: string, minutes: number, now: Instant): RealDrill {
  const broken = { minutes: Math.min(minutes, BROKEN_MINUTES.most) };
  return { drill, since: now, until: after(after(now, broken), BESIDE_BROKEN) };
}

export function isInTime({ since, until }: RealDrill, at: Instant): boolean {
  return at >= since && at <= until;
}
