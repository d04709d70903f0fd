import * as z from 'zod';

/** One thing that was found out for the person: a heading, and the lines below it. */
export const sectionSchema = z
  .strictObject({
    title: z.string().max(80).describe('What was looked at: `Processes by memory`.'),
    lines: z.array(z.string().max(300)).max(40).readonly().describe('What was found.'),
  })
  .readonly();

export type Section = z.infer<typeof sectionSchema>;
