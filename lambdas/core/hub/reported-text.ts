import * as z from 'zod';
import { outsideText } from '../outside-text.ts';

/** Text of a report. Another account wrote it, and operators of the hub read it on a terminal. */
export function reportedText(most: number) {
  return z
    .string()
    .max(most)
    .transform((said) => outsideText(said, most));
}
