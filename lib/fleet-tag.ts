import * as z from 'zod';
import { POLICY_CHARACTERS } from './policy-characters.ts';

/**
 * `*` and `?` stand for other characters where EC2 looks for instances and for themselves where IAM decides, so that
 * other instances would be found than may be acted on; a backslash takes that meaning from them in EC2 only; `${` begins
 * a variable of IAM; a quote would end the value in a query of CloudWatch.
 */
const unambiguous = z
  .string()
  .regex(/^[^*?\\'"]*$/, 'must not contain *, ?, a backslash or a quote, which EC2, IAM and CloudWatch read differently')
  .regex(/^(?!.*\$\{)/s, 'must not contain ${, which begins a variable of IAM')
  .regex(/^\P{Cc}*$/u, 'must not contain control characters')
  .regex(POLICY_CHARACTERS, 'must have only characters of Latin-1 (up to ÿ), since IAM takes no others in the condition of a policy');

/** A tag by which a fleet is found: within the limits of AWS, and read in one way by all services. */
export const fleetTagSchema = z.strictObject({
  key: unambiguous
    .min(1, 'must not be empty')
    .max(128, 'must have at most 128 characters')
    .regex(/^(?!aws:)/i, 'must not begin with aws:, which AWS keeps for itself; the members of a group are Fleet.ofAutoScalingGroup'),
  value: unambiguous.min(1, 'must not be empty').max(256, 'must have at most 256 characters'),
});
