import * as z from 'zod';
import { type Instant, iso } from './duration.ts';
import { type GiveBackEnd, giveBackEndSchema, type Keeping, keepingSchema } from './give-back/give-back.ts';
import type { Attempt } from './incident.ts';
import { type Notes, notesSchema } from './notice/notes.ts';
import { type End, type Reason, reasonNames } from './reasons.ts';

/** Whatever another version wrote of an attempt that this one cannot go by is read from the table instead. */
const carriedAttemptSchema = z.custom<Attempt>((value) => {
  const { token, rung, at, acts, result } = (value ?? {}) as Partial<Attempt>;
  return (
    typeof token === 'string' && typeof rung === 'number' && typeof at === 'number' && typeof acts === 'boolean' && result === undefined
  );
});

/** What verification has to know of the attempt it judges. */
const checkSchema = z.strictObject({
  rung: z.int().min(0),
  verifyBy: z.int(),
  goneSince: z.int().optional(),
  /** Since when it has been gone, of a symptom that is looked at again only at the end of its probation. An earlier version begins anew. */
  unwatchedSince: z.int().optional(),
  /**
   * The attempt, as it was when it was settled, so that a look that judges nothing need not read it. @default - it is read, as where it is
   * judged
   */
  attempt: carriedAttemptSchema.optional().catch(undefined),
  /** Of a carried attempt: those that the incident made before it. @default - they are read where it is judged */
  earlier: z
    .strictObject({ attempts: z.int().min(0), changed: z.boolean() })
    .optional()
    .catch(undefined),
  /** In shadow: there is no attempt, and the symptom alone is watched. */
  watch: z.literal(true).optional(),
});

export type Check = z.infer<typeof checkSchema>;

const endSchema: z.ZodType<End> = z.strictObject({
  outcome: z.enum(['recovered', 'handed-off', 'skipped']),
  reason: z.enum(reasonNames as [Reason, ...Reason[]]),
  why: z.string(),
  details: z.array(z.string()).readonly().optional(),
  members: z.array(z.string()).readonly().optional(),
  symptomGone: z.literal(true).optional(),
  witness: z.strictObject({ kind: z.enum(['incident', 'storm', 'person']), id: z.string(), at: z.int().optional() }).optional(),
});

/** What the notices of the incident need of this step. @default - nothing */
const noted = { notes: notesSchema.optional() };

/** What the workflow does next, as every step answers it. `at` is ISO time: the workflow, not a function, waits until then. */
export const nextSchema = z.discriminatedUnion('do', [
  z.strictObject({
    ...noted,
    do: z.literal('triage'),
    at: z.iso.datetime(),
    /** The last rung whose time has passed in shadow. */
    watched: z.int().min(0).optional(),
    /** Since when the symptom has been seen gone without a break, while its target has still to prove that it lives. */
    goneSince: z.int().optional(),
    /** Since when decisions have come too late to the step that acts. @default - the last one did not */
    lateSince: z.int().optional(),
  }),
  /** Waits for people, for so many seconds, and then goes to triage: what they said is in the table, not in the workflow. */
  z.strictObject({
    do: z.literal('ask'),
    remedy: z.string(),
    rung: z.int().min(0),
    until: z.iso.datetime(),
    seconds: z.int().min(1),
    /** Why people are asked where the mode does not ask for it. @default - the mode does */
    because: z.string().optional(),
    ...noted,
  }),
  z.strictObject({
    ...noted,
    do: z.literal('remediate'),
    remedy: z.string(),
    rung: z.int().min(0),
    /** People approved this rung. */
    approved: z.literal(true).optional(),
    /** When triage decided it, which holds for a minute. @default - not known, as from an earlier version; it holds */
    decidedAt: z.int().optional(),
    /**
     * How many attempts on the target it was decided by; the step that acts counts them again, under the claim. @default - the claim was
     * looked under already, as by an earlier version
     */
    actsKnown: z.int().min(0).optional(),
    /** Since when decisions of this incident have come too late. @default - none did */
    lateSince: z.int().optional(),
  }),
  z.strictObject({ do: z.literal('verify'), at: z.iso.datetime(), check: checkSchema, ...noted }),
  z.strictObject({ do: z.literal('conclude'), end: endSchema, ...noted }),
  z.strictObject({ do: z.literal('keep'), at: z.iso.datetime(), keeping: keepingSchema, ...noted }),
  z.strictObject({
    ...noted,
    do: z.literal('give-back'),
    remedy: z.string(),
    keeping: keepingSchema,
    /** When it was decided, which holds for a minute. @default - it was begun before and is only looked up, or an earlier version decided it */
    decidedAt: z.int().optional(),
  }),
  z.strictObject({ do: z.literal('report-give-back'), keeping: keepingSchema, result: giveBackEndSchema, ...noted }),
  z.strictObject({ do: z.literal('end'), end: endSchema.optional(), ...noted }),
]);

export type Next = z.infer<typeof nextSchema>;

/** What of the last look at an incident the next one goes on from. */
interface Carried {
  readonly watched?: number | undefined;
  readonly goneSince?: Instant | undefined;
  readonly lateSince?: Instant | undefined;
}

export function triageAt(instant: Instant, { watched, goneSince, lateSince }: Carried = {}): Next {
  return {
    ...{ do: 'triage', at: iso(instant) },
    ...(watched !== undefined && { watched }),
    ...(goneSince !== undefined && { goneSince }),
    ...(lateSince !== undefined && { lateSince }),
  };
}

export function verifyAt(instant: Instant, check: Check): Next {
  return { do: 'verify', at: iso(instant), check };
}

export function conclude(end: End): Next {
  return { do: 'conclude', end };
}

/** After the end of an incident: keeps for now what it changed, and looks at the instant whether it can be given back. */
export function keepUntil(instant: Instant, keeping: Keeping): Next {
  return { do: 'keep', at: iso(instant), keeping };
}

export function reportGiveBack(keeping: Keeping, result: GiveBackEnd): Next {
  return { do: 'report-give-back', keeping, result };
}

/** The answer of a step with what the notices of the incident need later; a step that says so itself is right. */
export function withNotes(next: Next, notes: Notes | undefined): Next {
  return notes === undefined || next.notes !== undefined || Object.keys(notes).length === 0 ? next : { ...next, notes };
}
