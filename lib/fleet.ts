import { Token } from 'aws-cdk-lib';
import type { IAutoScalingGroup } from 'aws-cdk-lib/aws-autoscaling';
import type { IInstance } from 'aws-cdk-lib/aws-ec2';
import type { IApplicationLoadBalancer, IApplicationTargetGroup } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { Group } from '../lambdas/core/policy.ts';
import { fleetTagSchema } from './fleet-tag.ts';
import { groupNameOf } from './group-name.ts';
import { knownOf, type NamesOf } from './known-names.ts';
import { type LoadBalancerNames, loadBalancerName, targetGroupName } from './load-balancer-names.ts';
import { checked, PolicyError } from './policy-error.ts';
import { type Placed, placed } from './same-place.ts';

/** The load balancer in front of an Auto Scaling group, for the symptoms that it sees. */
export interface FleetLoadBalancer {
  /** An Application Load Balancer, by construct or by its full name as CloudWatch has it: `app/web/50dc6c495c0c9188`. */
  readonly loadBalancer: IApplicationLoadBalancer | string;
  /** The group's target group, by construct or by its full name as CloudWatch has it: `targetgroup/web/73e2d6bc24d8a067`. */
  readonly targetGroup: IApplicationTargetGroup | string;
}

const loadBalancerNames: NamesOf<FleetLoadBalancer> = { loadBalancer: true, targetGroup: true };

type FleetKind =
  | { readonly kind: 'tagged'; readonly key: string; readonly value: string }
  | { readonly kind: 'auto-scaling-group'; readonly name: string; readonly loadBalancer?: LoadBalancerNames }
  | { readonly kind: 'instances'; readonly ids: readonly string[] };

/**
 * A set of EC2 instances that is protected as one and shares a blast radius. Constructs may be made in the stack of the
 * pipeline or in another one, or be imported; they must be in its account and Region.
 */
export class Fleet {
  /**
   * Every instance with the tag, now and later. One alarm per symptom watches them all; no list of instances is kept.
   * CPU, memory, disk and processes are seen by the agent that the pipeline installs, status checks are read from EC2 every minute; an
   * instance without the tag is left alone as `not-in-fleet`. An Auto Scaling group whose members are to be replaced must carry the tag
   * itself, too.
   *
   * @throws PolicyError for a tag that no instance can have, or that EC2 and IAM would read differently
   */
  static tagged(key: string, value: string): Fleet {
    checked(fleetTagSchema, { key, value }, `Fleet.tagged('${key}', '${value}')`, 'tag');
    if (Token.isUnresolved(key))
      throw new PolicyError('Fleet.tagged', ['tag.key: must be known at synth, since IAM conditions are made of it']);
    return new Fleet({ kind: 'tagged', key, value }, []);
  }

  /**
   * The members of an Auto Scaling group, by construct or by name.
   *
   * @throws PolicyError for a name that no group can have, or what is no full name of a load balancer or target group
   */
  static ofAutoScalingGroup(group: IAutoScalingGroup | string, behind?: FleetLoadBalancer): Fleet {
    const name = groupNameOf(group);
    if (behind) knownOf(behind, loadBalancerNames, name, 'loadBalancer');
    const loadBalancer = behind && {
      loadBalancer: loadBalancerName(behind.loadBalancer),
      targetGroup: targetGroupName(behind.targetGroup),
    };
    return new Fleet(
      { kind: 'auto-scaling-group', name, ...(loadBalancer && { loadBalancer }) },
      placed([group, behind?.loadBalancer, behind?.targetGroup]),
    );
  }

  /**
   * Given instances, by construct or by id. Each gets an alarm and a policy of its own per symptom, whose name ends like its id:
   * `Web-memory-9abcdef0`. Of an id that is known only at deployment it ends with a hash of where the id comes from.
   *
   * @throws PolicyError for none, or one that is named twice
   */
  static ofInstances(instances: readonly (IInstance | string)[]): Fleet {
    const ids = instances.map((instance) => (typeof instance === 'string' ? instance : instance.instanceId));
    const twice = ids.filter((id, index) => ids.indexOf(id) < index);
    if (ids.length === 0) throw new PolicyError('Fleet.ofInstances', ['names no instance']);
    if (twice.length > 0) throw new PolicyError('Fleet.ofInstances', [`names ${twice.join(', ')} more than once`]);
    if (Token.isUnresolved(instances))
      throw new PolicyError('Fleet.ofInstances', ['a list that is known only at deployment has no alarms: use Fleet.tagged']);
    return new Fleet({ kind: 'instances', ids }, placed(instances));
  }

  readonly members: FleetKind;
  /** The constructs that were given. */
  readonly resources: readonly Placed[];

  private constructor(members: FleetKind, resources: readonly Placed[]) {
    this.members = members;
    this.resources = resources;
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
