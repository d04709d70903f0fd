import { Duration } from 'aws-cdk-lib';
import * as z from 'zod';
import type { Database } from '../database.ts';
import { Remedy, type RemedyRung } from '../remedy.ts';
import { watchDatabase } from './database-metric.ts';
import type { Symptom, SymptomProps } from './symptom.ts';

export interface DatabaseStorageProps extends SymptomProps {
  /**
   * Gibibytes of free storage (RDS's `FreeStorageSpace`) below which the database is at risk; about a tenth of what is
   * allocated is usual. Prevents the shutdown that RDS makes when storage is full. Not for clusters, which have no such metric.
   */
  readonly belowGibibytes: number;
}

/** RDS tells of exhausted, low, full and nearly full storage; each has the alarm looked at anew, also one that went off long ago. */
const LOW_STORAGE_EVENTS = ['RDS-EVENT-0007', 'RDS-EVENT-0089', 'RDS-EVENT-0221', 'RDS-EVENT-0222'];

const GIBIBYTE = 1_073_741_824;

/**
 * A database's storage fills up. `Remedy.growStorage({ ceilingGibibytes })` cures it; growing costs money for good, so it is not in
 * the default ladder.
 *
 * Reads: RDS's `FreeStorageSpace`. RDS's events of low or full storage have the alarm looked at, too.
 * Threshold: none: give `belowGibibytes`.
 * Needs: an RDS instance; clusters have no such metric.
 * Permissions: none.
 * Proved by: `infrastructure/symptom-alarms`, `contract/rule-patterns`.
 */
export const databaseStorage: Symptom<Database, DatabaseStorageProps> = {
  name: 'storage',
  schema: z.strictObject({ belowGibibytes: z.number().gt(0, 'must be above 0 gibibytes').max(65_536, 'must be at most 65536 gibibytes') }),
  sustainedFor: Duration.minutes(5),
  target: 'database',
  seen: ({ belowGibibytes }) => `less than ${belowGibibytes} GiB of database storage free`,
  refuses: ({ cluster }, { belowGibibytes, ladder = [] }) => {
    if (cluster)
      return 'a cluster has no metric FreeStorageSpace; the storage of Aurora grows by itself, that of a Multi-AZ DB cluster is measured at its instances and grown for the cluster by hand';
    const ceiling = ladder.map(ceilingOf).find((each) => each !== undefined && each <= belowGibibytes);
    return ceiling === undefined
      ? undefined
      : `belowGibibytes: ${belowGibibytes} is not allowed: must be below ceilingGibibytes of growStorage, ${ceiling}; no storage of that size has so much free, so that it would grow to its ceiling for good`;
  },
  // Growing costs money for good and needs a ceiling, so it is for the ladder's writer to add.
  ladder: () => [Remedy.waitAndSee()],
  watch: (database, watching) =>
    watchDatabase(database, watching, { name: 'FreeStorageSpace', below: watching.props.belowGibibytes * GIBIBYTE }).map((watch) => ({
      ...watch,
      events: { of: 'instance', id: database.id, eventIds: LOW_STORAGE_EVENTS, categories: [] },
      evidence: { kind: 'alarm', name: watching.alarmName() },
    })),
};

/** The size up to which a rung lets the storage grow. What is no number is refused with the rung. */
function ceilingOf({ remediator, params }: RemedyRung): number | undefined {
  const { ceilingGibibytes } = params as { readonly ceilingGibibytes?: unknown };
  return remediator.name === 'grow-storage' && typeof ceilingGibibytes === 'number' ? ceilingGibibytes : undefined;
}
