import * as z from 'zod';
import { drillIdPattern } from '../drill.ts';
import type { DrillReport } from '../drill-report.ts';
import { type Duration, type Instant, inWords, iso, milliseconds } from '../duration.ts';
import { reportedText } from './reported-text.ts';

/** What a hub asks of a pipeline: to walk the way of an incident in shadow. It names no target, and nothing that could be broken. */
export const drillRequestSchema = z.strictObject({
  /** Names the request, so that one that comes twice begins one drill. */
  request: z.string().regex(drillIdPattern),
  /** @default - the pipeline's own next one */
  policy: z.string().max(200).optional(),
  /** ARN of who asks. */
  by: z.string().max(2_048),
});

export type AskedDrill = z.infer<typeof drillRequestSchema>;

const heldSchema = z.strictObject({
  request: reportedText(40),
  at: z.int().min(0),
  policy: reportedText(200),
  /** Of a fleet the member. @default - the only target of the policy */
  target: reportedText(100).optional(),
  /** The id of the drill, by which the pipeline's own history has its lines. */
  drill: reportedText(40),
  /** @default - it is under way */
  ended: z
    .strictObject({
      at: z.int().min(0),
      /** Whether the way was walked to its end. */
      whole: z.boolean(),
      /** Absent where no end was seen. */
      reason: reportedText(80).optional(),
      why: reportedText(500),
      seconds: z.int().min(0).optional(),
    })
    .optional(),
});

/** More ways that are not whole have one cause, and a report has room for so many. */
const MOST_NOT_WHOLE = 20;

/** What a pipeline keeps of what its hub asked for, and reports. */
export const askedDrillsSchema = z.strictObject({
  /** The last one that was held. */
  held: heldSchema.optional(),
  /** Of other policies the last one that was held, where its way was not whole, newest first. @default - none */
  notWhole: z.array(heldSchema).max(MOST_NOT_WHOLE).readonly().optional(),
  /** The last one that was not held, and why. */
  refused: z.strictObject({ request: reportedText(40), at: z.int().min(0), why: reportedText(500) }).optional(),
});

export type AskedDrills = z.infer<typeof askedDrillsSchema>;
export type HeldDrill = z.infer<typeof heldSchema>;

/** Each drill mails people. So many a pipeline holds for its hub at most, whoever rules the hub's account. */
const HELD_EVERY: Duration = { hours: 1 };

/** An older request is no longer waited for. */
const REQUEST_AT_MOST: Duration = { minutes: 10 };

/** Longer than a walk takes, which waits for nothing. */
const END_WITHIN: Duration = { minutes: 20 };

/** What becomes of a request: it began a drill before, is refused, or may be held with the first of the policies that has a target. */
export type Judged =
  | { readonly kind: 'known'; readonly held: HeldDrill }
  | { readonly kind: 'refused'; readonly why: string }
  | { readonly kind: 'may-be-held'; readonly policies: readonly string[] };

/** Judges a request that was put on the bus at an instant, by what is kept and which policies there are. */
export function judged(
  { held }: AskedDrills,
  { request, policy }: AskedDrill,
  policies: readonly string[],
  sentAt: Instant,
  now: Instant,
): Judged {
  if (held?.request === request) return { kind: 'known', held };
  if (now - sentAt > milliseconds(REQUEST_AT_MOST)) return { kind: 'refused', why: `the request came ${inWords(now - sentAt)} late` };
  if (policy !== undefined && !policies.includes(policy)) return { kind: 'refused', why: 'the pipeline has no policy of this name' };
  const next = held === undefined ? now : held.at + milliseconds(HELD_EVERY);
  if (next > now)
    return {
      kind: 'refused',
      why: `it held a drill for its hub at ${iso(held?.at ?? now)}, and takes the next request from ${iso(next)} on`,
    };
  return { kind: 'may-be-held', policies: policy === undefined ? inTurn(policies, held?.policy) : [policy] };
}

/** The policies by name, from the one after the last: of many requests each has its turn. */
function inTurn(policies: readonly string[], last: string | undefined): readonly string[] {
  const sorted = policies.toSorted();
  const from = last === undefined ? 0 : sorted.filter((name) => name <= last).length;
  return [...sorted.slice(from), ...sorted.slice(0, from)];
}

/** With a drill that is held now. One before whose way was not whole is kept until its policy, of these that are deployed, is walked again. */
export function withHeld(known: AskedDrills, held: HeldDrill, policies: readonly string[]): AskedDrills {
  const notWhole = waysNotWhole(known).filter(({ policy }) => policies.includes(policy));
  const { notWhole: _, ...rest } = known;
  return { ...rest, held, ...(notWhole.length > 0 && { notWhole: notWhole.slice(0, MOST_NOT_WHOLE) }) };
}

/** The last drill of each policy whose way was not whole, newest first. One that is under way says nothing yet. */
export function waysNotWhole({ held, notWhole = [] }: AskedDrills = {}): readonly HeldDrill[] {
  if (!held?.ended) return notWhole;
  const others = notWhole.filter(({ policy }) => policy !== held.policy);
  return held.ended.whole ? others : [held, ...others];
}

/** Which member of a fleet a drill is held on: another one each time, by the id of the drill. Undefined where there is none. */
export function memberFor(drill: string, members: readonly string[]): string | undefined {
  const sorted = members.toSorted();
  return sorted[Number.parseInt(drill.slice(-8), 16) % sorted.length];
}

/** The drill with its end, where its lines tell one or none came in time; the same one while it is under way. */
export function withEnd(held: HeldDrill, { whole, reason, why, secondsToEnd }: DrillReport, now: Instant): HeldDrill {
  if (held.ended) return held;
  if (reason !== undefined) {
    const seconds = secondsToEnd === undefined ? {} : { seconds: secondsToEnd };
    return { ...held, ended: { at: now, whole, reason, why: (why ?? '').slice(0, 500), ...seconds } };
  }
  if (now - held.at < milliseconds(END_WITHIN)) return held;
  const none = `no end of it was seen within ${inWords(milliseconds(END_WITHIN))}`;
  return { ...held, ended: { at: now, whole: false, why: none } };
}

/** What a pipeline answered to one request so far. */
export type DrillAnswer =
  | { readonly state: 'none' }
  | { readonly state: 'refused'; readonly why: string }
  | { readonly state: 'under-way' | 'whole' | 'stopped'; readonly held: HeldDrill };

/** What the last report of a pipeline answers to a request. */
export function answerTo(request: string, { held, refused }: AskedDrills = {}): DrillAnswer {
  if (held?.request === request) return { state: held.ended ? (held.ended.whole ? 'whole' : 'stopped') : 'under-way', held };
  return refused?.request === request ? { state: 'refused', why: refused.why } : { state: 'none' };
}
