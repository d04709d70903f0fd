import type { IDatabaseCluster, IDatabaseInstance } from 'aws-cdk-lib/aws-rds';
import type { Target } from '../lambdas/core/target.ts';
import type { DatabaseAccess } from './database-access.ts';

/** Aurora clusters and Multi-AZ DB clusters (of MySQL or PostgreSQL) have different metrics and remedies. */
export type ClusterFamily = 'aurora' | 'multi-az';

/** A database that is protected. */
export class Database {
  /**
   * An RDS instance, Multi-AZ or not, by construct or by identifier. Symptoms and remedies that speak to the database
   * itself (`connectivity`, `releaseSessions`) need its access.
   */
  static instance(instance: IDatabaseInstance | string, access?: DatabaseAccess): Database {
    const id = typeof instance === 'string' ? instance : instance.instanceIdentifier;
    return new Database({ kind: 'database', id }, undefined, accessTo(instance, access));
  }

  /**
   * A cluster, by construct or by identifier. Its symptoms are those of the writer, whichever member that is. The symptom
   * `connectivity` and the remedy `releaseSessions` need its access, whose host is the cluster's writer endpoint.
   */
  static cluster(cluster: IDatabaseCluster | string, family: ClusterFamily, access?: DatabaseAccess): Database {
    const id = typeof cluster === 'string' ? cluster : cluster.clusterIdentifier;
    return new Database({ kind: 'database-cluster', id }, family, accessTo(cluster, access));
  }

  readonly id: string;
  /** Absent for an instance. */
  readonly cluster: ClusterFamily | undefined;
  readonly access: DatabaseAccess | undefined;
  readonly #target: DatabaseTarget;

  private constructor(target: DatabaseTarget, cluster: ClusterFamily | undefined, access: DatabaseAccess | undefined) {
    this.id = target.id;
    this.cluster = cluster;
    this.access = access;
    this.#target = target;
  }

  toTarget(): DatabaseTarget {
    return this.#target;
  }
}

type DatabaseTarget = Extract<Target, { kind: 'database' | 'database-cluster' }>;

/** A database that is a construct knows its own security group. */
function accessTo(database: IDatabaseInstance | IDatabaseCluster | string, access: DatabaseAccess | undefined): DatabaseAccess | undefined {
  return access && typeof database !== 'string' ? { securityGroup: database, ...access } : access;
}
