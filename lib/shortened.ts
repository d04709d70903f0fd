import { Token } from 'aws-cdk-lib';

/** What stands in a text for a value that is known only at deployment. */
export const placeholder = /\$\{Token\[[^\]]*\]\}/g;

/** Longer than any name that AWS makes. */
const LONGEST_NAME = 255;

/** A text for people that is not longer than a limit, also at deployment; a name that may be too long then is left out. */
export function shortened(text: string, limit: number): string {
  if (!Token.isUnresolved(text)) return text.slice(0, limit);
  const fits = text.replaceAll(placeholder, 'x'.repeat(LONGEST_NAME)).length <= limit;
  return fits ? text : text.replaceAll(placeholder, '…').slice(0, limit);
}
