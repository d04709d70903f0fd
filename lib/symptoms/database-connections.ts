import { Duration } from 'aws-cdk-lib';
import * as z from 'zod';
import type { Database } from '../database.ts';
import { Remedy } from '../remedy.ts';
import { refuseWithoutMetrics, watchDatabase } from './database-metric.ts';
import type { Symptom, SymptomProps } from './symptom.ts';

export interface DatabaseConnectionsProps extends SymptomProps {
  /**
   * Number of connections above which new clients are at risk. There is no default, since the limit depends on engine,
   * class and parameters; about 90 % of `max_connections` is usual. Prevents "too many connections" for everybody.
   */
  readonly above: number;
}

/**
 * A database's connections are nearly used up, as by clients that never return them.
 *
 * Reads: RDS's `DatabaseConnections`.
 * Threshold: none: give the number of connections.
 * Needs: an RDS instance, or the writer of an Aurora cluster, where fail-over-database takes the place of reboot-database.
 * Permissions: none.
 * Proved by: `scenarios/connections-used-up`, `infrastructure/symptom-alarms`.
 */
export const databaseConnections: Symptom<Database, DatabaseConnectionsProps> = {
  name: 'connections',
  schema: z.strictObject({ above: z.int().min(1, 'must be at least 1 connection').max(100_000, 'must be at most 100000 connections') }),
  sustainedFor: Duration.minutes(5),
  target: 'database',
  seen: ({ above }) => `more than ${above} database connections`,
  refuses: refuseWithoutMetrics,
  ladder: ({ cluster }) => [Remedy.waitAndSee(), cluster ? Remedy.failOverDatabase() : Remedy.rebootDatabase()],
  watch: (database, watching) => watchDatabase(database, watching, { name: 'DatabaseConnections', above: watching.props.above }),
};
