import * as z from 'zod';
import { durationSchema } from '../duration.ts';
import { protectedWindowSchema } from '../protected-window.ts';
import { readTolerantly } from '../tolerant-reader.ts';
import { noticeFilterSchema } from './filter.ts';

/** How notices are sent, as the deployment says it to the functions. */
export const noticeSettingsSchema = z.strictObject({
  /** The name of the account in notices. @default - its number alone */
  accountName: z.string().trim().min(1, 'must not be empty').max(64, 'must have at most 64 characters').optional(),
  /** How long an incident may last before people are told that it is not healed yet. */
  stillAfter: durationSchema.default({ minutes: 15 }),
  /** ARN of the event bus that gets every notice. @default - none: nobody but people by mail is told */
  bus: z.string().min(1).optional(),
  /** Which notices the topic of mails gets. @default - all stages but `started` and `given-back`, of every outcome and policy */
  mails: noticeFilterSchema.optional(),
  /** When successes are not mailed, and not sent to chat. @default - never */
  quietHours: protectedWindowSchema.optional(),
  /** The topic that chat listens to, and what goes there. @default - none */
  chat: z.strictObject({ topic: z.string().min(1), only: noticeFilterSchema.default({}) }).optional(),
});

export type NoticeSettings = z.infer<typeof noticeSettingsSchema>;

/** @throws Error for what is no JSON of settings */
export function noticeSettingsOf(json: string): NoticeSettings {
  const { data, error } = readTolerantly(noticeSettingsSchema, JSON.parse(json));
  if (!data) throw error;
  return data;
}
