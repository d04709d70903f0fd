import * as z from 'zod';
import { after, type Duration, type Instant, inWords, milliseconds } from './duration.ts';

/** A failed repair older than this is no sign any more that the policy's remedies do not help now. */
const FAILURE_COUNTS_FOR: Duration = { hours: 24 };

const failureSchema = z.object({ incident: z.string(), at: z.number() });

/**
 * The circuit breaker of one policy. Open means blocked. Closed counts the failed repairs since the last one that
 * healed; half-open lets one incident try; isolated is held by a person until that person releases it.
 */
const breakerSchema = z.discriminatedUnion('state', [
  z.object({ state: z.literal('closed'), failures: z.array(failureSchema).readonly() }),
  z.object({ state: z.literal('open'), since: z.number(), until: z.number(), why: z.string() }),
  z.object({ state: z.literal('half-open'), trial: z.string(), until: z.number(), why: z.string() }),
  z.object({ state: z.literal('isolated'), since: z.number(), by: z.string(), why: z.string() }),
]);

export type Breaker = Readonly<z.infer<typeof breakerSchema>>;

export const closedBreaker: Breaker = { state: 'closed', failures: [] };

export interface BreakerSettings {
  /** Failed repairs in a row that open it. */
  readonly failures: number;
  /** How long it then blocks before one incident may try. */
  readonly openFor: Duration;
}

/** How an incident that was acted on ended: the only two things that a breaker learns from. */
export type RepairResult = 'healed' | 'failed';

/** Whether the incident may act: yes, yes as the one trial of a half-open breaker, or no until then (for ever when isolated). */
export type Passage =
  | { readonly kind: 'free' }
  | { readonly kind: 'trial'; readonly why: string }
  | { readonly kind: 'blocked'; readonly until?: Instant; readonly why: string };

export function passage(breaker: Breaker, incident: string, now: Instant): Passage {
  switch (breaker.state) {
    case 'closed':
      return { kind: 'free' };
    case 'open':
      return breaker.until <= now ? { kind: 'trial', why: breaker.why } : { kind: 'blocked', until: breaker.until, why: breaker.why };
    case 'half-open':
      if (breaker.trial === incident || breaker.until <= now) return { kind: 'trial', why: breaker.why };
      return { kind: 'blocked', until: breaker.until, why: `incident ${breaker.trial} is the trial after: ${breaker.why}` };
    case 'isolated':
      return { kind: 'blocked', why: `held by ${breaker.by}: ${breaker.why}` };
  }
}

/**
 * The breaker once the incident has taken the trial; the trial's right lapses, so that a crashed one lets the next try.
 * Undefined when it is not the incident's to take.
 */
export function takeTrial(breaker: Breaker, incident: string, until: Instant, now: Instant): Breaker | undefined {
  const passed = passage(breaker, incident, now);
  return passed.kind === 'trial' ? { state: 'half-open', trial: incident, until, why: passed.why } : undefined;
}

/** The breaker once the incident has ended without a change: the trial is the next one's at once. */
export function returnTrial(breaker: Breaker, incident: string, now: Instant): Breaker {
  const isItsOwn = breaker.state === 'half-open' && breaker.trial === incident && breaker.until > now;
  return isItsOwn ? { ...breaker, until: now } : breaker;
}

/** The breaker after an incident's end. The same end told twice counts once; one that is held by a person learns nothing. */
export function learn(breaker: Breaker, incident: string, result: RepairResult, settings: BreakerSettings, now: Instant): Breaker {
  if (breaker.state === 'half-open' && breaker.trial === incident)
    return result === 'healed' ? closedBreaker : opened(`the trial failed; before it: ${breaker.why}`, settings, now);
  if (breaker.state !== 'closed') return breaker;
  if (result === 'healed') return closedBreaker;
  const recent = breaker.failures.filter((failure) => failure.at > now - milliseconds(FAILURE_COUNTS_FOR));
  if (recent.some((failure) => failure.incident === incident)) return breaker;
  const failures = [...recent, { incident, at: now }];
  if (failures.length < settings.failures) return { state: 'closed', failures };
  const first = failures[0] as (typeof failures)[number];
  return opened(`${failures.length} repairs in a row failed within ${inWords(now - first.at)}`, settings, now);
}

/** A person's stop for one policy, which nothing but a person ends. */
export function isolate(by: string, why: string, now: Instant): Breaker {
  return { state: 'isolated', since: now, by, why };
}

function opened(why: string, { openFor }: BreakerSettings, now: Instant): Breaker {
  return { state: 'open', since: now, until: after(now, openFor), why };
}
