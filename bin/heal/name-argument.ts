import { InvalidArgumentError } from 'commander';

/** As many characters as an event may carry of a name. */
const LONGEST = 255;

/** A name or an id as people type it. An empty one is an unset variable of a shell; the SDK would take the usual profile for it. */
export function nameArgument(typed: string): string {
  if (typed.trim() === '' || typed.length > LONGEST) throw new InvalidArgumentError(`must have 1 to ${LONGEST} characters`);
  return typed;
}
