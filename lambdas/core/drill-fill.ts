import * as z from 'zod';
import type { Policy } from './policy.ts';

/** A file system is never filled further than this for a drill: what is left is for those who work on the machine. */
export const MOST_FILLED_PERCENT = 90;

/** Further than the threshold, so that what others delete meanwhile does not end the symptom. */
const BEYOND_THRESHOLD = 3;

/** Nearer to the most that is filled a threshold could be missed by what a machine deletes in a minute. */
const HIGHEST_THRESHOLD = MOST_FILLED_PERCENT - 1;

/** What a drill for real fills: the file system at the path, by a file in the first of the folders that lies on it. */
export const fillSchema = z.strictObject({
  path: z.string().min(1),
  percent: z.int().min(1).max(MOST_FILLED_PERCENT),
  folders: z.array(z.string().min(1)).min(1).readonly(),
});

export type Fill = z.infer<typeof fillSchema>;

/**
 * What a drill for real of the policy would fill, or why it cannot be.
 *
 * @param cleared The folders in which remedies of its ladder delete: elsewhere none of them could heal it.
 */
export function fillOf(
  { name, fileSystem }: Pick<Policy, 'name' | 'fileSystem'>,
  cleared: readonly string[],
): Fill | { readonly why: string } {
  if (!fileSystem) return { why: `policy ${name} watches no file system that could be filled` };
  const { path, above } = fileSystem;
  if (above > HIGHEST_THRESHOLD)
    return {
      why: `the alarm of policy ${name} goes off above ${above} %, and a drill fills to ${MOST_FILLED_PERCENT} % at the most: it can be held with a threshold up to ${HIGHEST_THRESHOLD} %`,
    };
  if (cleared.length === 0)
    return { why: `no remedy of policy ${name} deletes files of a folder, so that none could heal what a drill fills` };
  return { path, percent: Math.min(MOST_FILLED_PERCENT, Math.floor(above) + BEYOND_THRESHOLD), folders: cleared };
}
