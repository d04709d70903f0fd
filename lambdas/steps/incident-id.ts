import { createHash } from 'node:crypto';
import type { Instant } from '../core/duration.ts';
import { type Target, targetKey } from '../core/target.ts';

/** The id of the incident of one change of an alarm: the same for every delivery of it. */
export function incidentId(policy: string, target: Target, at: Instant): string {
  return digest([policy, targetKey(target), at]);
}

/** The id of the incident that follows another: there is one, however often the sweep finds the need for it. */
export function followUpId(predecessor: string): string {
  return digest(['follows', predecessor]);
}

/** The id of the incident of a drill, which is never that of a real one. */
export function drillIncidentId(policy: string, target: Target, drill: string): string {
  return digest(['drill', policy, targetKey(target), drill]);
}

function digest(parts: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
