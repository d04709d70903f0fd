import type { RepairResult } from './circuit-breaker.ts';
import type { Attempt } from './incident.ts';
import type { End } from './reasons.ts';

/** What an incident's end says of its policy's repairs. Undefined when nothing was changed, or nothing can be said of what was. */
export function repairResult({ outcome, reason }: End, attempts: readonly Attempt[]): RepairResult | undefined {
  if (reason === 'healed') return 'healed';
  return outcome === 'handed-off' && attempts.some(({ acts, result }) => acts && result !== 'recovered') ? 'failed' : undefined;
}
