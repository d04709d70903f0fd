import * as z from 'zod';

/** What an incident's notices need of its earlier steps. It travels with `next`, from each step to the following one. */
export const notesSchema = z.strictObject({
  /** The target's tag `Name`. @default - it has none, or nobody has looked yet */
  name: z.string().max(256).optional(),
  /** The last rung of which people were told that it was begun. @default - none */
  started: z.int().min(0).optional(),
  /** The last rung of which people were told that it was approved. @default - none */
  answered: z.int().min(0).optional(),
  /** People were told that it lasts longer than expected. @default - they were not */
  late: z.literal(true).optional(),
});

export type Notes = z.infer<typeof notesSchema>;
