import * as z from 'zod';
import { outsideText } from '../outside-text.ts';

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

/** A longer one is of no use in a title, and travels with every step. */
const LONGEST_NAME = 128;

/** The notes with the target's name, where it has one. */
export function withName(notes: Notes | undefined, name: string | undefined): Notes {
  const shown = outsideText(name ?? '', LONGEST_NAME);
  return shown === '' ? { ...notes } : { ...notes, name: shown };
}

/** Whether people were told of the incident on its way. A question is not among the notes: that is kept with the incident. */
export function wasHeardOf({ started, answered, late }: Notes = {}): boolean {
  return started !== undefined || answered !== undefined || late === true;
}
