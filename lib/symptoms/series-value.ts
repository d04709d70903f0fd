import * as z from 'zod';
import { PLAIN_PATH, PLAIN_PATH_IN_WORDS } from '../plain-path.ts';
import { PATTERN_CHARACTERS, processPattern } from './process-pattern.ts';

/** As CloudWatch takes the value of a dimension, and a query and the agent's configuration can carry it as it is. */
const seriesValueSchema = z
  .string()
  .min(1)
  .max(255, 'must have at most 255 characters')
  .regex(
    /^[\x20-\x7e]*$/,
    'must have only characters of ASCII, and no control characters, since CloudWatch stores no others in a dimension',
  )
  .regex(/^[^'"\\]*$/, 'must not contain a quote or a backslash, which would end the value in a query of CloudWatch');

/** A mount point as the CloudWatch agent reports it: one that is written otherwise is never found. */
export const mountPointSchema = seriesValueSchema.startsWith('/', 'must be a mount point').regex(PLAIN_PATH, PLAIN_PATH_IN_WORDS);

/** The executable of a process. Agents that the user configures take it as a regular expression, as it is. */
export const processSchema = seriesValueSchema
  .refine((name) => !name.includes('/'), 'must be a name without a folder')
  .regex(/^[^()[\]{}|*?^$]*$/, 'must be a name and no pattern: other processes would be counted for it')
  .regex(/^(?!\+)(?!.*\+\+)/, 'must not begin with + or have two of them, which the agent would refuse as a pattern')
  .refine((name) => processPattern(name).length <= PATTERN_CHARACTERS, "is too long for the agent's configuration");
