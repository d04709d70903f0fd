import * as z from 'zod';

/** A file system whose used space is a symptom, and the percent above which it is one. */
export const fileSystemSchema = z.strictObject({ path: z.string().min(1), above: z.number() });
