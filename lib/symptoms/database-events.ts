import { Duration } from 'aws-cdk-lib';
import * as z from 'zod';
import type { Database } from '../database.ts';
import { Remedy } from '../remedy.ts';
import type { Symptom, SymptomProps } from './symptom.ts';

/** There is no number to set. */
export interface DatabaseEventsProps extends SymptomProps {
  /** Does not apply: an event does not last. */
  readonly sustainedFor?: never;
}

/**
 * What RDS files under the availability of an instance, where ordinary shutdowns and restarts are, too, and what has no category of its
 * own: MySQL does not restart, the key of the storage is out of reach, the storage is full and the database shut down.
 */
const EVENT_IDS = ['RDS-EVENT-0022', 'RDS-EVENT-0221', 'RDS-EVENT-0419'];

/** RDS's words for its own repairs, and for what it could not repair. */
const OF_INSTANCE = { eventIds: EVENT_IDS, categories: ['failover', 'failure', 'recovery'] };

/** That an instance has failed, is recovered or is full, RDS files under the instance, the failover under the cluster. */
const OF_CLUSTER = {
  eventIds: [],
  // RDS's guide writes the last one with a space, its API with a hyphen.
  categories: ['failover', 'failure', 'global failover', 'global-failover'],
  ofMembers: { eventIds: EVENT_IDS, categories: ['failure', 'recovery'] },
};

/** A failover takes a minute or two, the recovery of an instance longer; RDS does both by itself. */
const RDS_REPAIRS_WITHIN = { verifyWithin: Duration.minutes(10) };

/**
 * RDS tells that a database fails over, is recovered, has failed or is full. The event is only the reason to look: whether
 * something is wrong is read from the database's own status, so that a failover that has ended well is `already-recovered`.
 *
 * Of a cluster the events of its members count, too, whichever they are: RDS tells under the instance that a writer has failed.
 *
 * Reads: the status of the database, of a cluster that of its writer, too, when RDS tells of a failover, a recovery, a failure or full
 * storage. Not when a dedicated log volume is nearly full (RDS-EVENT-0330, 0331): no status shows it.
 * Threshold: not `available`.
 * Needs: nothing. RDS sends its events without a promise, so it is no substitute for `connectivity`.
 * Permissions: `rds:DescribeDBInstances`, of a cluster `rds:DescribeDBClusters`, too, and what takes in events asks of which cluster an
 * instance is.
 * Proved by: `contract/rule-patterns`, `infrastructure/database-events`.
 */
export const databaseEvents: Symptom<Database, DatabaseEventsProps> = {
  name: 'not-available',
  schema: z.strictObject({}),
  target: 'database',
  seen: () => 'the database is not available, as an event of RDS told',
  ladder: () => [Remedy.waitAndSee({}, RDS_REPAIRS_WITHIN)],
  watch: (database) => [
    {
      events: database.cluster ? { of: 'cluster', id: database.id, ...OF_CLUSTER } : { of: 'instance', id: database.id, ...OF_INSTANCE },
      evidence: { kind: 'database-status' },
      targets: { kind: 'fixed', target: database.toTarget() },
    },
  ],
};
