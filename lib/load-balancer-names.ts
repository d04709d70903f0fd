import { Fn, Token } from 'aws-cdk-lib';
import type { IApplicationLoadBalancer, IApplicationTargetGroup } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { PolicyError } from './policy-error.ts';

/** A load balancer and a target group behind it by their full names, which are ends of their ARNs, as CloudWatch has them. */
export interface LoadBalancerNames {
  /** `app/web/50dc6c495c0c9188` */
  readonly loadBalancer: string;
  /** `targetgroup/web/73e2d6bc24d8a067` */
  readonly targetGroup: string;
}

/**
 * The full name of an Application Load Balancer.
 *
 * @throws PolicyError for what is no full name of one
 */
export function loadBalancerName(given: IApplicationLoadBalancer | string): string {
  const name = typeof given === 'string' ? given : (fullNameIn(given, 'loadBalancerFullName') ?? afterLoadBalancer(given.loadBalancerArn));
  if (Token.isUnresolved(name) || /^app\/[A-Za-z0-9-]{1,32}\/[0-9a-f]+$/.test(name)) return name;
  throw new PolicyError(name, ['this is no full name of an Application Load Balancer, such as app/web/50dc6c495c0c9188']);
}

/**
 * The full name of the target group of an Application Load Balancer.
 *
 * @throws PolicyError for what is no full name of one
 */
export function targetGroupName(given: IApplicationTargetGroup | string): string {
  const name = typeof given === 'string' ? given : (fullNameIn(given, 'targetGroupFullName') ?? lastPart(given.targetGroupArn));
  if (Token.isUnresolved(name) || /^targetgroup\/[A-Za-z0-9-]{1,32}\/[0-9a-f]+$/.test(name)) return name;
  throw new PolicyError(name, ['this is no full name of a target group, such as targetgroup/web/73e2d6bc24d8a067']);
}

/** Those that are made in the app know their full names; imported ones know only their ARNs. */
function fullNameIn(resource: object, property: string): string | undefined {
  const name: unknown = Reflect.get(resource, property);
  return typeof name === 'string' ? name : undefined;
}

const BEFORE_NAME = ':loadbalancer/';

function afterLoadBalancer(arn: string): string {
  return Token.isUnresolved(arn) ? Fn.select(1, Fn.split(BEFORE_NAME, arn)) : (arn.split(BEFORE_NAME)[1] ?? arn);
}

/** `arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/web/73e2d6bc24d8a067` */
function lastPart(arn: string): string {
  return Token.isUnresolved(arn) ? Fn.select(5, Fn.split(':', arn)) : (arn.split(':')[5] ?? arn);
}
