import { z } from 'zod';
import { AwsError } from '../../gateway/service.ts';

/** Reads parameters by a schema; what does not fit is the API's own validation error. */
export function parseInput<Schema extends z.ZodType>(schema: Schema, parameters: unknown): z.infer<Schema> {
  const result = schema.safeParse(parameters);
  if (result.success) return result.data;
  throw new AwsError('ValidationError', z.prettifyError(result.error));
}

/** A time as any protocol may deliver it: Date, epoch seconds (also as text) or ISO text. */
export const Instant = z.union([z.date(), z.number(), z.string()]).transform((value, context) => {
  const atMs = value instanceof Date ? value.getTime() : Number.isNaN(Number(value)) ? Date.parse(String(value)) : epochMs(Number(value));
  if (Number.isFinite(atMs)) return atMs;
  context.addIssue({ code: 'custom', message: 'not a point in time' });
  return z.NEVER;
});

/** Seconds up to the year 5138, milliseconds beyond. */
function epochMs(value: number): number {
  return Math.abs(value) < 1e11 ? value * 1000 : value;
}

export const TagList = z.array(z.object({ Key: z.string(), Value: z.string().default('') })).default([]);

/** One page of a list with the API's `NextToken`: the index at which the next page begins. */
export function page<Item>(
  items: readonly Item[],
  token: string | undefined,
  size: number,
): { items: readonly Item[]; next: { NextToken?: string } } {
  const from = Number(token ?? 0);
  if (!Number.isInteger(from) || from < 0) throw new AwsError('InvalidNextToken', `The next token ${token} is not valid`);
  const end = from + size;
  return { items: items.slice(from, end), next: end < items.length ? { NextToken: String(end) } : {} };
}
