import type { CommandResult } from './ports.ts';

/** The word of the adapter for a document without a script for the platform of the instance. */
export const NO_SCRIPT = 'Skipped';

/** With these words Systems Manager says that the script was never begun. */
const NEVER_BEGUN = /^(Delivery ?Timed ?Out|Undeliverable|Invalid ?Platform|Access ?Denied|Terminated)$/i;

/** Whether it is known that a command changed nothing: the agent never got it, there is no script for it, or the script refused. */
export function untouchedBy({ detail, output }: CommandResult): 'refused' | 'not-taken' | undefined {
  if (NEVER_BEGUN.test(detail)) return 'not-taken';
  return detail === NO_SCRIPT || isRefused(output) ? 'refused' : undefined;
}

/** Whether the last line of a script says that it refused, so that nothing was changed. Lines before it may be words of others. */
export function isRefused(output: string): boolean {
  return /(?:^|\n)REFUSED: .*$/.test(output.trimEnd());
}
