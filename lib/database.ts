import type { IDatabaseCluster, IDatabaseInstance } from 'aws-cdk-lib/aws-rds';
import type { Target } from '../lambdas/core/target.ts';
import { type DatabaseAccess, knownAccess } from './database-access.ts';
import { clusterIdentifierOf, instanceIdentifierOf } from './database-identifier.ts';
import { PolicyError } from './policy-error.ts';
import type { Placed } from './same-place.ts';

/** Aurora clusters and Multi-AZ DB clusters (of MySQL or PostgreSQL) have different metrics and remedies. */
export type ClusterFamily = 'aurora' | 'multi-az';

/**
 * A database that is protected. Constructs may be made in the stack of the pipeline or in another one, or be imported;
 * they must be in its account and Region.
 */
export class Database {
  /**
   * An RDS instance, Multi-AZ or not, by construct or by identifier, which must be in lower case where it is known only at deployment.
   * Symptoms and remedies that speak to the database itself (`connectivity`, `releaseSessions`) need its access.
   *
   * @throws PolicyError for an identifier that RDS does not allow
   */
  static instance(instance: IDatabaseInstance | string, access?: DatabaseAccess): Database {
    const target = { kind: 'database', id: instanceIdentifierOf(instance) } as const;
    return new Database(target, undefined, accessTo(instance, target, access), instance);
  }

  /**
   * A cluster, by construct or by identifier, which must be in lower case where it is known only at deployment. Its symptoms are those of
   * the writer, whichever member that is. The symptom `connectivity` and the remedy `releaseSessions` need its access, whose host is the
   * cluster's writer endpoint.
   *
   * @param family may be left out for a construct that knows its engine
   * @throws PolicyError for an identifier that RDS does not allow, or a family that is not known or not that of the engine
   */
  static cluster(cluster: IDatabaseCluster, family?: ClusterFamily, access?: DatabaseAccess): Database;
  static cluster(cluster: IDatabaseCluster | string, family: ClusterFamily, access?: DatabaseAccess): Database;
  static cluster(cluster: IDatabaseCluster | string, family?: ClusterFamily, access?: DatabaseAccess): Database {
    const target = { kind: 'database-cluster', id: clusterIdentifierOf(cluster) } as const;
    return new Database(target, familyOf(cluster, family), accessTo(cluster, target, access), cluster);
  }

  readonly id: string;
  /** Absent for an instance. */
  readonly cluster: ClusterFamily | undefined;
  readonly access: DatabaseAccess | undefined;
  /** The construct that was given, if it was one. */
  readonly resource: Placed | undefined;
  readonly #target: DatabaseTarget;

  private constructor(
    target: DatabaseTarget,
    cluster: ClusterFamily | undefined,
    access: DatabaseAccess | undefined,
    given: Placed | string,
  ) {
    this.id = target.id;
    this.cluster = cluster;
    this.access = access;
    this.resource = typeof given === 'string' ? undefined : given;
    this.#target = target;
  }

  toTarget(): DatabaseTarget {
    return this.#target;
  }
}

type DatabaseTarget = Extract<Target, { kind: 'database' | 'database-cluster' }>;

/** A database that is a construct knows its own security group. */
function accessTo(
  database: IDatabaseInstance | IDatabaseCluster | string,
  { kind, id }: DatabaseTarget,
  access: DatabaseAccess | undefined,
): DatabaseAccess | undefined {
  const known = access && knownAccess(access, kind, id);
  return known && typeof database !== 'string' ? { securityGroup: database, ...known } : known;
}

function familyOf(cluster: IDatabaseCluster | string, given: ClusterFamily | undefined): ClusterFamily {
  const engine = typeof cluster === 'string' ? undefined : cluster.engine?.engineType;
  const known = engine === undefined ? undefined : engine.startsWith('aurora') ? 'aurora' : 'multi-az';
  const family = given ?? known;
  const name = typeof cluster === 'string' ? cluster : cluster.node.path;
  if (family === undefined) throw new PolicyError(name, ["its engine is not known: say 'aurora' or 'multi-az' as the second argument"]);
  if (known !== undefined && family !== known) throw new PolicyError(name, [`its engine ${engine} makes it '${known}', not '${family}'`]);
  return family;
}
