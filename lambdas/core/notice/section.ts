import * as z from 'zod';

export const MOST_SECTION_LINES = 40;

/** One thing that was found out for the person: a heading, and the lines below it. */
export const sectionSchema = z
  .strictObject({
    title: z.string().max(80).describe('What was looked at: `Processes by memory`.'),
    lines: z.array(z.string().max(300)).max(MOST_SECTION_LINES).readonly().describe('What was found.'),
  })
  .readonly();

export type Section = z.infer<typeof sectionSchema>;
