import * as z from 'zod';
import type { Instant } from '../duration.ts';
import { attemptToken } from '../incident.ts';
import type { Target } from '../target.ts';

/** How the giving back of one change ended, and whether people are told. The history has every one. */
export const giveBackReasons = {
  'given-back': { tell: true, means: 'What the remedy added was given back.' },
  'no-longer-ours': { tell: false, means: 'Somebody else changed it since, so it was left as it is.' },
  'kept-too-long': { tell: true, means: 'It could not be given back within a day after it was due, and is kept.' },
  'policy-changed': { tell: true, means: 'Its policy was deployed anew or taken away since the incident began, so it is kept.' },
  failed: { tell: true, means: 'It could not be given back, or it is not known whether it was.' },
} as const satisfies Record<string, { readonly tell: boolean; readonly means: string }>;

export type GiveBackReason = keyof typeof giveBackReasons;

export const giveBackReasonNames = Object.keys(giveBackReasons) as readonly GiveBackReason[];

export const giveBackEndSchema = z.strictObject({
  reason: z.enum(giveBackReasonNames as [GiveBackReason, ...GiveBackReason[]]),
  /** What was seen in particular. */
  why: z.string(),
});

export type GiveBackEnd = z.infer<typeof giveBackEndSchema>;

/** A change of an incident that is over, kept until it can be given back. Nothing is held meanwhile: no lease, no slot. */
export const keepingSchema = z.strictObject({
  /** The rung whose change it is. */
  rung: z.int().min(0),
  /** The rungs below whose changes come afterwards, the highest first: what was put on top is taken away first. */
  below: z.array(z.int().min(0)).max(9),
  /** When the incident ended. */
  since: z.int(),
});

export type Keeping = z.infer<typeof keepingSchema>;

/** The giving back of one rung's change. Written before the act; its end follows after it. */
export interface GiveBack {
  /** Names the act: the same for every repetition. */
  readonly token: string;
  readonly incident: string;
  readonly target: Target;
  readonly rung: number;
  readonly remedy: string;
  /** When it was written, shortly before the act. */
  readonly at: Instant;
  readonly plan: unknown;
  /** The plan in words. */
  readonly summary: string;
  /** Absent while it is not known what became of it. */
  readonly end?: GiveBackEnd;
}

export function giveBackToken(incidentId: string, rung: number): string {
  return `${attemptToken(incidentId, rung)}-give-back`;
}
