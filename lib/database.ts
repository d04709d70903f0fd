import type { IDatabaseInstance } from 'aws-cdk-lib/aws-rds';
import type { Target } from '../lambdas/core/target.ts';

/** A database that is protected. */
export class Database {
  /** An RDS instance, Multi-AZ or not, by construct or by identifier. */
  static instance(instance: IDatabaseInstance | string): Database {
    return new Database(typeof instance === 'string' ? instance : instance.instanceIdentifier);
  }

  readonly id: string;

  private constructor(id: string) {
    this.id = id;
  }

  toTarget(): Target {
    return { kind: 'database', id: this.id };
  }
}
