import * as z from 'zod';
import { modeSchema } from './mode.ts';

/** What the stack tells the operator's command about itself, in one SSM parameter. */
export const registerSchema = z.object({
  /** Name of the incident table. */
  table: z.string().min(1),
  /** ARN of the workflow. */
  workflow: z.string().min(1),
  /** The policies' own modes, by name. */
  policies: z.record(z.string(), modeSchema),
});

export type Register = z.infer<typeof registerSchema>;

/** Where the register of a pipeline stands. */
export function registerName(pipeline: string): string {
  return `/self-healing/${pipeline}/register`;
}

/** Where the pause switch of a pipeline stands. */
export function pauseName(pipeline: string): string {
  return `/self-healing/${pipeline}/pause`;
}

/** The log group of a pipeline's history. */
export function historyName(pipeline: string): string {
  return `/self-healing/${pipeline}/history`;
}
