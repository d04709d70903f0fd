import * as z from 'zod';
import { drillIdPattern } from './drill.ts';
import type { Duration, Instant } from './duration.ts';
import { type Reason, reasonNames } from './reasons.ts';
import { type Target, targetSchema } from './target.ts';

/** One symptom on one target, from the first signal to its end. Travels as the workflow's input. */
export const incidentSchema = z.strictObject({
  /** Derived from policy, target and state timestamp, so that every delivery of the same change meets the same incident. */
  id: z.string().regex(/^[0-9a-f]{64}$/),
  policy: z.string().min(1),
  symptom: z.string().min(1),
  target: targetSchema,
  /** When the alarm entered ALARM, by CloudWatch's clock. */
  openedAt: z.number().int(),
  /** When intake took it in, by ours. */
  receivedAt: z.number().int(),
  /** The alarm by which the symptom is read; where it is read from the target's own status, the event that told of it. */
  alarmName: z.string().min(1),
  /** CloudWatch's words for what it saw. */
  reason: z.string(),
  contributor: z.strictObject({ id: z.string(), attributes: z.record(z.string(), z.string()) }).optional(),
  /** The incident of the same alarm state that ended before without a change; the sweep opened this one in its place. */
  follows: z
    .strictObject({
      id: z.string(),
      reason: z.enum(reasonNames as [Reason, ...Reason[]]),
      /** What people were told during the same alarm state: for each reason by which incident, and when last. */
      told: z.array(z.strictObject({ reason: z.string(), id: z.string(), at: z.int() })).optional(),
    })
    .optional(),
  /** The drill that it is: no fault is there, nothing is done, and nothing is learnt from it. @default - it is a real one */
  drill: z.string().regex(drillIdPattern).optional(),
  /** After this drill something of the target is broken for so many minutes, if the way is whole. @default - nothing is */
  drillMinutes: z.int().positive().optional(),
  /** The drill for real in whose time it came: it is healed like any other, and nothing is learnt from it. @default - in that of none */
  realDrill: z.string().regex(drillIdPattern).optional(),
});

export type Incident = z.infer<typeof incidentSchema>;

/** That an incident was opened on a target: what flapping is seen by. */
export interface Opening {
  readonly incident: string;
  readonly policy: string;
  readonly at: Instant;
  /** It follows another incident of an alarm that has stood since: no further turn. */
  readonly follows?: true;
}

/** One run of one rung. Written before the act; the receipt follows after it. */
export interface Attempt {
  /** Names the run: the same for every repetition of the same rung of the same incident. */
  readonly token: string;
  readonly incident: string;
  readonly policy: string;
  readonly target: Target;
  readonly rung: number;
  readonly remedy: string;
  /** When it was written, shortly before the act. */
  readonly at: Instant;
  /** When triage decided on it, by triage's clock: what tells a new try from a repetition of the old one. @default - not known */
  readonly decidedAt?: Instant;
  /** When the rung was first tried, where AWS did not take the earlier tries. @default - `at` */
  readonly firstAt?: Instant;
  /** How long after `at` the act may be under way at the most. @default - not known; it counts as over */
  readonly longest?: Duration;
  /** How long its policy has nothing else act on the target, under any policy. @default - not known, as of an earlier version */
  readonly cooldown?: Duration;
  /** Whether the remedy changes anything; a wait-and-see counts neither as an attempt on the target nor for its cooldown. */
  readonly acts: boolean;
  /** The remedy only makes what the next rung uses, so that a symptom that outlasts it says nothing of it. */
  readonly enabling?: true;
  /** It belongs to a drill for real, so that it says nothing of the remedy. */
  readonly drill?: string;
  /** What the remedy set out to do. */
  readonly plan: unknown;
  /** The plan in words, for history and messages. */
  readonly summary: string;
  /** What AWS answered, e.g. the command's id. Absent while, and if, it is not known whether the act took place. */
  readonly receipt?: unknown;
  /** How it went, once verified or known to have failed. */
  readonly result?: AttemptResult;
  readonly why?: string;
  /** The last lines that its script wrote on the machine, without known secrets. @default - none, or nothing may be kept */
  readonly kept?: readonly string[];
  /** When the result was written. @default - not known, as of an earlier version */
  readonly judgedAt?: Instant;
  /** Of one that was not taken: the same rung may be tried again. @default - trying again cannot help */
  readonly again?: boolean;
}

/**
 * `not-recovered`: it was done and the symptom stayed. `failed`: it was carried out, at least in part, ended badly, and the symptom stayed.
 * `interrupted`: nobody knows whether it took place or how it ended, as when the function died between writing and knowing.
 * `not-applicable`: the remedy saw that it cannot help here and changed nothing.
 * `not-taken`: AWS did not take it (throttled, refused), or it was held back at the last moment; nothing was done.
 */
export type AttemptResult = 'recovered' | 'not-recovered' | 'failed' | 'interrupted' | 'not-applicable' | 'not-taken';

/** Whether the target was touched, as far as is known: what a limit of attempts and a cooldown count. */
export function isOnTarget({ acts, result }: Attempt): boolean {
  return acts && result !== 'not-taken';
}

/** Whether something was changed, or may have been. */
export function mayHaveChanged({ acts, result }: Attempt): boolean {
  return acts && result !== 'not-applicable' && result !== 'not-taken';
}

/** One that nobody saw the end of, that did not apply, or that AWS did not take says nothing of the next time, and hides no earlier one. */
export function isJudged(result: AttemptResult | undefined): boolean {
  return result === 'recovered' || result === 'not-recovered' || result === 'failed';
}

/** Names one rung's run of one incident; at most 80 characters, so that it fits Run Command's comment of 100. */
export function attemptToken(incidentId: string, rung: number): string {
  return `${incidentId}-${rung}`;
}

/** The fewest hexadecimal digits of an incident's id that people read and type. */
export const SHORT_DIGITS = 8;

/** An incident's id as people read and type it. */
export function shortIncident(id: string): string {
  return id.slice(0, SHORT_DIGITS);
}
