import type { RepairResult } from './circuit-breaker.ts';
import type { Attempt } from './incident.ts';
import type { End } from './reasons.ts';

/** What an incident's end says of its policy's repairs. Undefined when nothing was changed, or nothing can be said of what was. */
export function repairResult({ outcome, reason }: End, attempts: readonly Attempt[]): RepairResult | undefined {
  if (reason === 'healed') return 'healed';
  return outcome === 'handed-off' && attempts.some(isInVain) ? 'failed' : undefined;
}

/** A remedy that saw that it cannot help, or that left the target alone, is no repair that failed. */
export function isInVain({ acts, result }: Attempt): boolean {
  return acts && result !== 'recovered' && result !== 'not-applicable';
}
