import { Duration } from 'aws-cdk-lib';
import * as z from 'zod';
import type { Database } from '../database.ts';
import { Remedy } from '../remedy.ts';
import { watchDatabase } from './database-metric.ts';
import type { Symptom, SymptomProps } from './symptom.ts';

export interface DatabaseReplicaLagProps extends SymptomProps {
  /**
   * Seconds that a replica may be behind its source (RDS's `ReplicaLag`). From 1 to 86,400. Prevents clients from
   * reading the past, and a later failover from losing it.
   * @default - 60
   */
  readonly aboveSeconds?: number;
}

const DEFAULT_ABOVE_SECONDS = 60;

/** A read replica is behind its source. */
export const databaseReplicaLag: Symptom<Database, DatabaseReplicaLagProps> = {
  name: 'replica-lag',
  schema: z.strictObject({
    aboveSeconds: z.number().min(1, 'must be at least 1 second').max(86_400, 'must be at most 86400 seconds').optional(),
  }),
  sustainedFor: Duration.minutes(5),
  target: 'database',
  seen: ({ aboveSeconds = DEFAULT_ABOVE_SECONDS }) => `replica more than ${aboveSeconds} s behind its source`,
  ladder: () => [Remedy.waitAndSee()],
  watch: (database, watching) =>
    watchDatabase(database, watching, { name: 'ReplicaLag', above: watching.props.aboveSeconds ?? DEFAULT_ABOVE_SECONDS }),
};
