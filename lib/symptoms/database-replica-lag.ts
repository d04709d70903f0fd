import { Duration } from 'aws-cdk-lib';
import * as z from 'zod';
import type { Database } from '../database.ts';
import { Remedy } from '../remedy.ts';
import { refuseWithoutMetrics, watchDatabase } from './database-metric.ts';
import type { Symptom, SymptomProps } from './symptom.ts';

export interface DatabaseReplicaLagProps extends SymptomProps {
  /**
   * Seconds that a replica may be behind its source (RDS's `ReplicaLag`; of an Aurora cluster
   * `AuroraReplicaLagMaximum`, that of its slowest reader). From 1 to 86,400. Prevents clients from
   * reading the past, and a later failover from losing it.
   * @default - 60
   */
  readonly aboveSeconds?: number;
}

const DEFAULT_ABOVE_SECONDS = 60;

const MOST_ABOVE_SECONDS = 86_400;

/** RDS reports -1 of an instance that does not replicate, which is worse than any lag. */
const STOPPED = MOST_ABOVE_SECONDS + 1;

const judged = {
  expression: `IF(measured < 0, ${STOPPED}, measured)`,
  label: `seconds behind the source, ${STOPPED} where replication has stopped`,
};

/** Aurora counts the lag in milliseconds. */
const MILLISECONDS = 1_000;

/**
 * A read replica is behind its source, or its replication has stopped, which only a person can mend.
 *
 * Reads: RDS's `ReplicaLag`; of an Aurora cluster `AuroraReplicaLagMaximum`.
 * Threshold: above 60 s, in seconds; below 0, by which RDS says that an instance does not replicate.
 * Needs: an RDS read replica, or an Aurora cluster.
 * Permissions: none.
 * Proved by: `infrastructure/symptom-alarms`, `infrastructure/database-clusters`.
 */
export const databaseReplicaLag: Symptom<Database, DatabaseReplicaLagProps> = {
  name: 'replica-lag',
  schema: z.strictObject({
    aboveSeconds: z
      .number()
      .min(1, 'must be at least 1 second')
      .max(MOST_ABOVE_SECONDS, `must be at most ${MOST_ABOVE_SECONDS} seconds`)
      .optional(),
  }),
  sustainedFor: Duration.minutes(5),
  target: 'database',
  seen: ({ aboveSeconds = DEFAULT_ABOVE_SECONDS }) => `replica more than ${aboveSeconds} s behind its source, or not replicating`,
  refuses: refuseWithoutMetrics,
  ladder: () => [Remedy.waitAndSee()],
  watch(database, watching) {
    const seconds = watching.props.aboveSeconds ?? DEFAULT_ABOVE_SECONDS;
    const metric = database.cluster
      ? { name: 'AuroraReplicaLagMaximum', ofWholeCluster: true, above: seconds * MILLISECONDS }
      : { name: 'ReplicaLag', above: seconds, judged };
    return watchDatabase(database, watching, metric);
  },
};
