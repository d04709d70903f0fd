import * as z from 'zod';
import { checked } from './policy-error.ts';

const days = ['MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT', 'SUN'] as const;

/** When the digest comes. */
export interface DigestProps {
  /** @default MON */
  readonly day?: (typeof days)[number];
  /** The hour in UTC, from 0 to 23. @default 7 */
  readonly hour?: number;
}

const propsSchema = z.strictObject({ day: z.enum(days).default('MON'), hour: z.int().min(0).max(23).default(7) });

/** @throws PolicyError for a time that is none */
export function digestTime(given: DigestProps): z.output<typeof propsSchema> {
  return checked(propsSchema, given, 'notify', 'notify.digest');
}
