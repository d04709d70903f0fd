import type { IDatabaseInstance } from 'aws-cdk-lib/aws-rds';
import type { Target } from '../lambdas/core/target.ts';
import type { DatabaseAccess } from './database-access.ts';

/** A database that is protected. */
export class Database {
  /**
   * An RDS instance, Multi-AZ or not, by construct or by identifier. Symptoms and remedies that speak to the database
   * itself (`connectivity`, `releaseSessions`) need its access.
   */
  static instance(instance: IDatabaseInstance | string, access?: DatabaseAccess): Database {
    return new Database(typeof instance === 'string' ? instance : instance.instanceIdentifier, access);
  }

  readonly id: string;
  readonly access: DatabaseAccess | undefined;

  private constructor(id: string, access: DatabaseAccess | undefined) {
    this.id = id;
    this.access = access;
  }

  toTarget(): Target {
    return { kind: 'database', id: this.id };
  }
}
