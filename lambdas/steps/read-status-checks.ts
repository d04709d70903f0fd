import type { Instant } from '../core/duration.ts';
import type { FailedCheckEvents, Instances } from '../core/ports.ts';
import { failedChecks, type ImpairedInstance, type StatusCheckName, type WatchedCheck } from '../core/status-check.ts';

export interface StatusCheckPorts {
  readonly instances: Pick<Instances, 'impaired' | 'describe'>;
  readonly events: FailedCheckEvents;
}

/** What one run of the reader found. */
export interface StatusCheckReport {
  readonly impaired: number;
  readonly told: number;
}

/**
 * Reads the failed status checks of the account's instances and tells the rules of the policies that watch them. It tells
 * again with every run for as long as a check fails, as the sweep does of alarms: intake knows what is new in it.
 */
export async function readStatusChecks(
  watched: readonly WatchedCheck[],
  ports: StatusCheckPorts,
  now: Instant,
): Promise<StatusCheckReport> {
  const impaired = new Map<StatusCheckName, readonly ImpairedInstance[]>();
  for (const check of new Set(watched.map(({ check }) => check))) impaired.set(check, await ports.instances.impaired(check));
  const ids = [...new Set([...impaired.values()].flat().map(({ id }) => id))];
  const described = ids.length === 0 ? [] : await ports.instances.describe(ids);
  const failed = failedChecks(watched, impaired, new Map(described.map(({ id, tags }) => [id, tags])), now);
  if (failed.length > 0) await ports.events.tell(failed);
  return { impaired: ids.length, told: failed.length };
}
