import * as z from 'zod';

/**
 * An instant as services of AWS write it: ISO 8601 or as HTTP does. CloudWatch writes `2026-11-02T10:15:40.989+0000`, whose offset has
 * no colon; Node.js reads it all the same.
 */
export const timestampSchema = z
  .string()
  .transform((text) => Date.parse(text))
  .refine(Number.isFinite, 'is not a timestamp');
