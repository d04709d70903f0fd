import { Duration } from 'aws-cdk-lib';
import * as z from 'zod';
import type { Database } from '../database.ts';
import { Remedy } from '../remedy.ts';
import { refuseWithoutMetrics, watchDatabase } from './database-metric.ts';
import { percentSchema, type Symptom, type SymptomProps } from './symptom.ts';

/** Free memory is bounded either absolutely or as a share of what the instance class has. */
export type DatabaseMemoryProps = SymptomProps &
  (
    | {
        /** Megabytes of free memory (RDS's `FreeableMemory`) below which the database is at risk. At least 1. */
        readonly belowMegabytes: number;
        readonly ofGibibytes?: never;
        readonly belowPercent?: never;
      }
    | {
        /** Memory of the instance class in gibibytes, for example 2 for db.t4g.small; CloudWatch does not tell it. */
        readonly ofGibibytes: number;
        /**
         * Percent of that memory below which the database is at risk. Above 0, below 100.
         * @default - 10
         */
        readonly belowPercent?: number;
        readonly belowMegabytes?: never;
      }
  );

const DEFAULT_BELOW_PERCENT = 10;
const MEGABYTE = 1_048_576;
const GIBIBYTE = 1_073_741_824;

const schema = z.union(
  [
    z.strictObject({ belowMegabytes: z.number().min(1, 'must be at least 1 megabyte') }),
    z.strictObject({ ofGibibytes: z.number().gt(0, 'must be above 0 gibibytes'), belowPercent: percentSchema.optional() }),
  ],
  'give belowMegabytes, or ofGibibytes with belowPercent',
);

/**
 * A database has little free memory left; the engine will swap or be ended.
 *
 * Reads: RDS's `FreeableMemory`.
 * Threshold: none: give `belowMegabytes`, or `ofGibibytes` for below 10 % of it.
 * Needs: an RDS instance, or the writer of an Aurora cluster.
 * Permissions: none.
 * Proved by: `infrastructure/symptom-alarms`.
 */
export const databaseMemory: Symptom<Database, DatabaseMemoryProps> = {
  name: 'memory',
  schema,
  sustainedFor: Duration.minutes(5),
  target: 'database',
  seen: (props) => `free database memory below ${Math.round(thresholdBytes(props) / MEGABYTE)} MB`,
  refuses: refuseWithoutMetrics,
  ladder: () => [Remedy.waitAndSee()],
  watch: (database, watching) => watchDatabase(database, watching, { name: 'FreeableMemory', below: thresholdBytes(watching.props) }),
};

function thresholdBytes(props: DatabaseMemoryProps): number {
  if (props.belowMegabytes !== undefined) return props.belowMegabytes * MEGABYTE;
  return (props.ofGibibytes * GIBIBYTE * (props.belowPercent ?? DEFAULT_BELOW_PERCENT)) / 100;
}
