import type { IAutoScalingGroup } from 'aws-cdk-lib/aws-autoscaling';
import type { IInstance } from 'aws-cdk-lib/aws-ec2';
import type { IDatabaseCluster, IDatabaseInstance } from 'aws-cdk-lib/aws-rds';
import type { Target as PolicyTarget } from '../lambdas/core/target.ts';
import { clusterIdentifierOf, instanceIdentifierOf } from './database-identifier.ts';
import { groupNameOf } from './group-name.ts';
import type { Placed } from './same-place.ts';

/**
 * The one resource that a policy of `heal` acts on. Constructs may be made in the stack of the pipeline or in another
 * one, or be imported; they must be in its account and Region.
 */
export class Target {
  /** An EC2 instance, by construct or by its id. */
  static instance(instance: IInstance | string): Target {
    const id = typeof instance === 'string' ? instance : instance.instanceId;
    return new Target({ kind: 'instance', id }, instance);
  }

  /**
   * An Auto Scaling group, by construct or by its name.
   *
   * @throws PolicyError for a name that no group can have
   */
  static autoScalingGroup(group: IAutoScalingGroup | string): Target {
    return new Target({ kind: 'auto-scaling-group', name: groupNameOf(group) }, group);
  }

  /**
   * An RDS instance, by construct or by its identifier.
   *
   * @throws PolicyError for an identifier that RDS does not allow
   */
  static database(instance: IDatabaseInstance | string): Target {
    return new Target({ kind: 'database', id: instanceIdentifierOf(instance) }, instance);
  }

  /**
   * An RDS cluster, of Aurora or a Multi-AZ one, by construct or by its identifier.
   *
   * @throws PolicyError for an identifier that RDS does not allow
   */
  static databaseCluster(cluster: IDatabaseCluster | string): Target {
    return new Target({ kind: 'database-cluster', id: clusterIdentifierOf(cluster) }, cluster);
  }

  readonly wire: PolicyTarget;
  /** The construct that was given, if it was one. */
  readonly resource: Placed | undefined;

  private constructor(wire: PolicyTarget, given: Placed | string) {
    this.wire = wire;
    this.resource = typeof given === 'string' ? undefined : given;
  }
}
