import type { Target as WireTarget } from '../lambdas/core/target.ts';

/** The one resource that a policy of `heal` acts on. */
export class Target {
  /** An EC2 instance by its id. */
  static instance(id: string): Target {
    return new Target({ kind: 'instance', id });
  }

  /** An Auto Scaling group by its name. */
  static autoScalingGroup(name: string): Target {
    return new Target({ kind: 'auto-scaling-group', name });
  }

  /** An RDS instance by its identifier. */
  static database(id: string): Target {
    return new Target({ kind: 'database', id });
  }

  /** An RDS cluster, of Aurora or a Multi-AZ one, by its identifier. */
  static databaseCluster(id: string): Target {
    return new Target({ kind: 'database-cluster', id });
  }

  readonly wire: WireTarget;

  private constructor(wire: WireTarget) {
    this.wire = wire;
  }
}
