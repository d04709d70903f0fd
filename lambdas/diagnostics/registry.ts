import { diagnostic as databaseBlockers } from './database-blockers.ts';
import { diagnostic as databaseLoad } from './database-load.ts';
import { diagnostic as databaseStatus } from './database-status.ts';
import { diagnostic as deployments } from './deployments.ts';
import type { Diagnostic } from './diagnostic.ts';
import { diagnostic as instanceRefresh } from './instance-refresh.ts';
import { diagnostic as instanceState } from './instance-state.ts';
import { diagnostic as machine } from './machine.ts';
import { diagnostic as scalingActivities } from './scaling-activities.ts';
import { diagnostic as targetHealth } from './target-health.ts';

/** Every diagnostic, in the order in which people read what they saw. The only list of them. */
export const diagnostics: readonly Diagnostic[] = [
  instanceState,
  targetHealth,
  machine,
  databaseStatus,
  databaseLoad,
  databaseBlockers,
  scalingActivities,
  instanceRefresh,
  deployments,
];

/** Those that the function outside of every network runs, and those of the one that stands beside the databases. */
export function diagnosticsAt(place: 'aws' | 'database'): readonly Diagnostic[] {
  return diagnostics.filter(({ visits }) => (visits === 'database') === (place === 'database'));
}
