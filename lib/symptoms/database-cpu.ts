import { Duration } from 'aws-cdk-lib';
import * as z from 'zod';
import type { Database } from '../database.ts';
import { Remedy } from '../remedy.ts';
import { refuseWithoutMetrics, watchDatabase } from './database-metric.ts';
import { percentSchema, type Symptom, type SymptomProps } from './symptom.ts';

export interface DatabaseCpuProps extends SymptomProps {
  /**
   * Percent of CPU used above which the database is unhealthy. Above 0, below 100. Prevents a runaway engine from
   * slowing every client for hours.
   * @default - 90
   */
  readonly above?: number;
}

const DEFAULT_ABOVE = 90;

/**
 * A database's CPU is used up.
 *
 * Reads: RDS's `CPUUtilization`.
 * Threshold: above 90 %, in percent.
 * Needs: an RDS instance, or the writer of an Aurora cluster.
 * Permissions: none.
 * Proved by: `infrastructure/symptom-alarms`.
 */
export const databaseCpu: Symptom<Database, DatabaseCpuProps> = {
  name: 'cpu',
  schema: z.strictObject({ above: percentSchema.optional() }),
  sustainedFor: Duration.minutes(10),
  target: 'database',
  seen: ({ above = DEFAULT_ABOVE }) => `database CPU above ${above} %`,
  refuses: refuseWithoutMetrics,
  ladder: () => [Remedy.waitAndSee()],
  watch: (database, watching) =>
    watchDatabase(database, watching, { name: 'CPUUtilization', above: watching.props.above ?? DEFAULT_ABOVE }),
};
