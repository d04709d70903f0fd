import * as z from 'zod';

/** An address for mail, as browsers judge it: SNS takes what zod's own pattern refuses, such as ops/alerts@example.com. */
export const mailAddressSchema = z.email({ pattern: z.regexes.html5Email, error: 'must be an address' });
