import * as z from 'zod';
import { type ProtectedWindow, protectionAt } from '../protected-window.ts';
import { type Notice, type Stage, stageNames } from './notice.ts';

/** Which notices go out by a way. */
export const noticeFilterSchema = z.strictObject({
  /** @default - every stage */
  stages: z
    .array(z.enum(stageNames as readonly [Stage, ...Stage[]]))
    .min(1)
    .optional(),
  /** @default - every outcome, and what has none */
  outcomes: z
    .array(z.enum(['recovered', 'handed-off', 'skipped']))
    .min(1)
    .optional(),
  /** @default - every policy */
  policies: z.array(z.string()).min(1).optional(),
});

export type NoticeFilter = z.infer<typeof noticeFilterSchema>;

/** Stages of what went well: nobody need be woken. A digest comes at an hour that was chosen for it. */
const SUCCESSES: readonly Stage[] = ['started', 'answered', 'recovered', 'given-back'];

/** Whether a filter names a notice. What has no outcome or no policy is not kept back by a list of them. */
export function isNamed({ stages, outcomes, policies }: NoticeFilter, { stage, outcome, policy }: Notice): boolean {
  const isListed = (list: readonly string[] | undefined, value: string | undefined) =>
    list === undefined || value === undefined || list.includes(value);
  return isListed(stages, stage) && isListed(outcomes, outcome) && isListed(policies, policy?.name);
}

/** Whether a notice needs nobody and was made in quiet hours, which hold back no hand-off, question or warning. */
export function isInQuietHours({ stage, at }: Notice, quietHours: ProtectedWindow | undefined): boolean {
  return quietHours !== undefined && SUCCESSES.includes(stage) && protectionAt([quietHours], Date.parse(at)) !== undefined;
}
