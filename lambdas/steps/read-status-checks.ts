import type { Instant } from '../core/duration.ts';
import { Defect } from '../core/failure.ts';
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
 *
 * @throws Defect, when all others are told, for instances of the policies of which EC2 does not say since when they fail
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
  const tagsOf = new Map(described.map(({ id, tags }) => [id, tags]));
  const failed = failedChecks(watched, impaired, tagsOf, now);
  if (failed.length > 0) await ports.events.tell(failed);
  const timeless = watched.flatMap(({ check, tag }) =>
    (impaired.get(check) ?? []).filter(({ id, since }) => since === undefined && tagsOf.get(id)?.[tag.key] === tag.value),
  );
  // A time that is made up would be another incident each minute.
  if (timeless.length > 0)
    throw new Defect(`EC2 does not say since when the status checks fail of ${timeless.map(({ id }) => id).join(', ')}`, undefined);
  return { impaired: ids.length, told: failed.length };
}
