import type { IAutoScalingGroup } from 'aws-cdk-lib/aws-autoscaling';
import type { IInstance } from 'aws-cdk-lib/aws-ec2';
import type { Group } from '../lambdas/core/policy.ts';

/** The load balancer in front of an Auto Scaling group, for the symptoms that it sees. */
export interface FleetLoadBalancer {
  /** Full name as CloudWatch has it: `app/web/50dc6c495c0c9188`. */
  readonly loadBalancer: string;
  /** Full name as CloudWatch has it: `targetgroup/web/73e2d6bc24d8a067`. */
  readonly targetGroup: string;
}

type FleetKind =
  | { readonly kind: 'tagged'; readonly key: string; readonly value: string }
  | { readonly kind: 'auto-scaling-group'; readonly name: string; readonly loadBalancer?: FleetLoadBalancer }
  | { readonly kind: 'instances'; readonly ids: readonly string[] };

/** A set of EC2 instances that is protected as one and shares a blast radius. */
export class Fleet {
  /**
   * Every instance with the tag, now and later. One alarm per symptom watches them all; no list of instances is kept.
   * CPU, memory, disk and processes are seen by the agent that the pipeline installs, status checks are read from EC2 every minute; an
   * instance without the tag is left alone as `not-in-fleet`. An Auto Scaling group whose members are to be replaced must carry the tag
   * itself, too.
   */
  static tagged(key: string, value: string): Fleet {
    return new Fleet({ kind: 'tagged', key, value });
  }

  /** The members of an Auto Scaling group, by construct or by name. */
  static ofAutoScalingGroup(group: IAutoScalingGroup | string, loadBalancer?: FleetLoadBalancer): Fleet {
    const name = typeof group === 'string' ? group : group.autoScalingGroupName;
    return new Fleet({ kind: 'auto-scaling-group', name, ...(loadBalancer && { loadBalancer }) });
  }

  /** Given instances, by construct or by id. Each gets an alarm of its own per symptom. */
  static ofInstances(instances: readonly (IInstance | string)[]): Fleet {
    return new Fleet({
      kind: 'instances',
      ids: instances.map((instance) => (typeof instance === 'string' ? instance : instance.instanceId)),
    });
  }

  readonly members: FleetKind;

  private constructor(members: FleetKind) {
    this.members = members;
  }

  /** The group that shares a blast radius, as policies carry it. */
  toGroup(name: string): Group {
    const { members } = this;
    switch (members.kind) {
      case 'tagged':
        return { kind: 'tagged', name, key: members.key, value: members.value };
      case 'auto-scaling-group':
        return { kind: 'auto-scaling-group', name: members.name };
      case 'instances':
        return { kind: 'instances', name, ids: [...members.ids] };
    }
  }
}
