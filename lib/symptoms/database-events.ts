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
 * What RDS files under availability, where ordinary shutdowns and restarts are, too, and what has no category of its own:
 * MySQL does not restart, the key of the storage is out of reach, the storage is full and the database shut down.
 */
const EVENT_IDS = ['RDS-EVENT-0022', 'RDS-EVENT-0221', 'RDS-EVENT-0419'];

/** RDS's words for its own repairs, and for what it could not repair. */
const CATEGORIES = ['failover', 'failure', 'recovery'];

/** A failover takes a minute or two, the recovery of an instance longer; RDS does both by itself. */
const RDS_REPAIRS_WITHIN = { verifyWithin: Duration.minutes(10) };

/**
 * RDS tells that a database fails over, is recovered, has failed or is full. The event is only the reason to look: whether
 * something is wrong is read from the database's own status, so that a failover that has ended well is `already-recovered`.
 *
 * Reads: the status of the database, of a cluster that of its writer, too, when RDS tells of a failover, a recovery, a failure or full
 * storage.
 * Threshold: not `available`.
 * Needs: nothing. RDS sends its events without a promise, so it is no substitute for `connectivity`.
 * Permissions: `rds:DescribeDBInstances`, of a cluster `rds:DescribeDBClusters`, too.
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
      events: { of: database.cluster ? 'cluster' : 'instance', id: database.id, eventIds: EVENT_IDS, categories: CATEGORIES },
      evidence: { kind: 'database-status' },
      targets: { kind: 'fixed', target: database.toTarget() },
    },
  ],
};
