import * as z from 'zod';
import type { Database, DatabaseCluster, RemedyPorts } from '../core/ports.ts';
import type { Target } from '../core/target.ts';
import type { Progress } from '../core/verification.ts';
import type { Permission, Refusal } from './remediator.ts';

/** Restarting a database leaves nothing to choose. */
export const noParams = z.strictObject({});

/** What every database remedy reads: the instance as RDS describes it. */
export function observeDatabase(target: Target, { databases }: Pick<RemedyPorts, 'databases'>): Promise<Database | undefined> {
  if (target.kind !== 'database') throw new TypeError(`a database is restarted, not a ${target.kind}`);
  return databases.describe(target.id);
}

/** A database instance or a cluster, as RDS describes it. */
export type DatabaseOrCluster = Database | DatabaseCluster;

/** What the remedies read that restart instances as well as clusters. */
export function observeDatabaseOrCluster(
  target: Target,
  ports: Pick<RemedyPorts, 'databases' | 'clusters'>,
): Promise<DatabaseOrCluster | undefined> {
  return target.kind === 'database-cluster' ? ports.clusters.describe(target.id) : observeDatabase(target, ports);
}

export function isCluster(observed: DatabaseOrCluster): observed is DatabaseCluster {
  return 'members' in observed;
}

/** Neptune and DocumentDB answer to the same API, hence `undefined`. */
export function familyOf({ engine }: DatabaseCluster): 'aurora' | 'multi-az' | undefined {
  if (engine.startsWith('aurora')) return 'aurora';
  return engine === 'mysql' || engine === 'postgres' ? 'multi-az' : undefined;
}

export const observePermission: Permission = { actions: ['rds:DescribeDBInstances'], on: 'any' };
export const observeClusterPermission: Permission = { actions: ['rds:DescribeDBClusters'], on: 'any' };
export const rebootPermission: Permission = { actions: ['rds:RebootDBInstance'], on: 'targets', kind: 'database' };

/** RDS works on a database by itself in every status but `available`; acting then could break what it is doing. */
export function availableOrRefusal<Observed extends DatabaseOrCluster>(database: Observed | undefined): Observed | Refusal {
  if (!database) return { refusal: 'unsafe-to-act', why: 'the database does not exist' };
  if (database.status === 'available') return database;
  return { refusal: 'unsafe-to-act', why: `the database is ${database.status}, not available` };
}

/**
 * What a restart brings along, as the end of a sentence: static parameters that wait for one. Empty where nothing does.
 * Somebody may have queued them for a quiet hour, so whoever approves or reads of the restart must see it.
 */
export function appliesInWords(applies: readonly string[] = []): string {
  return applies.length === 0 ? '' : `, which also applies the waiting parameters of ${applies.join(', ')}`;
}

/** The parameter groups that wait for a reboot of the instance, or of any member of the cluster. */
export function awaitingReboot(observed: DatabaseOrCluster): { readonly applies?: readonly string[] } {
  const groups = isCluster(observed) ? observed.members.flatMap((member) => member.awaitingReboot ?? []) : (observed.awaitingReboot ?? []);
  return groups.length === 0 ? {} : { applies: [...new Set(groups)] };
}

/** Statuses from which RDS does not come back by itself. */
const BROKEN = /^(failed|incompatible-|inaccessible-|restore-error|insufficient-capacity|stopped|storage-full)/;

/** Whether the database is available again after a restart. */
export function assessAvailability(database: DatabaseOrCluster | undefined): Progress {
  if (!database) return { kind: 'failed', hopeless: true, why: 'the database does not exist any more' };
  if (database.status === 'available') return { kind: 'done', detail: `${database.id} is available` };
  if (BROKEN.test(database.status)) return { kind: 'failed', hopeless: true, why: `the database is ${database.status}` };
  return { kind: 'running', why: `the database is ${database.status}` };
}
