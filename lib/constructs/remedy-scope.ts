import { Aws, Fn, Token } from 'aws-cdk-lib';
import type { Group, Policy } from '../../lambdas/core/policy.ts';
import type { Target } from '../../lambdas/core/target.ts';
import { PolicyError } from '../policy-error.ts';

/** The resources that actions are allowed on. */
export interface Scope {
  readonly resources: readonly string[];
  /** The tag that the resource must carry, where its name is not known beforehand. */
  readonly tag?: { readonly key: string; readonly value: string };
}

/** The service of an IAM action: the word before its colon. */
export function serviceOf(action: string): string {
  return action.slice(0, action.indexOf(':'));
}

/** The condition on a tag has the name that the action's own service gives it; only Systems Manager begins it in lower case. */
export function tagConditionKey(service: string, key: string): string {
  return `${service}:${service === 'ssm' ? 'resourceTag' : 'ResourceTag'}/${key}`;
}

/** What the actions of one service may be used on: Auto Scaling acts on the group of an instance, every other service on the target itself. */
export function scopeOf(service: string, policy: Policy, remedy: string): Scope {
  const { targets, group } = policy;
  const isMembers = targets.kind !== 'fixed' || targets.target.kind === 'instance';
  if (service === 'autoscaling' && isMembers) return groupsOf(policy, remedy);
  return targets.kind === 'fixed' ? one(targets.target) : members(group);
}

/**
 * The Auto Scaling groups whose members a policy watches.
 *
 * @throws PolicyError for given instances, whose groups nobody knows beforehand
 */
function groupsOf({ name, group }: Policy, remedy: string): Scope {
  if (group.kind === 'auto-scaling-group') return one(group);
  if (group.kind !== 'tagged')
    throw new PolicyError(name, [`ladder: ${remedy} needs a fleet by tag or an Auto Scaling group, not instances by id`]);
  return { resources: [arn('autoscaling', 'autoScalingGroup:*:autoScalingGroupName/*')], tag: { key: group.key, value: group.value } };
}

/** With a name that is known, as one text, which takes a third of the template that its parts would. */
function arn(service: string, resource: string): string {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: names of CloudFormation, not of this file
  const place = '${AWS::Region}:${AWS::AccountId}';
  if (!Token.isUnresolved(resource) && !/[*$]/.test(resource)) return Fn.sub(`arn:\${AWS::Partition}:${service}:${place}:${resource}`);
  return `arn:${Aws.PARTITION}:${service}:${Aws.REGION}:${Aws.ACCOUNT_ID}:${resource}`;
}

function one(target: Target): Scope {
  switch (target.kind) {
    case 'instance':
      return { resources: [arn('ec2', `instance/${target.id}`)] };
    case 'auto-scaling-group':
      // Between the colons stands an id that only Auto Scaling knows.
      return { resources: [arn('autoscaling', `autoScalingGroup:*:autoScalingGroupName/${target.name}`)] };
    case 'database':
      return { resources: [arn('rds', `db:${target.id}`)] };
    case 'database-cluster':
      return { resources: [arn('rds', `cluster:${target.id}`)] };
  }
}

/** The members of a fleet: by tag where they change by themselves, by id where they are given. */
function members(group: Group): Scope {
  switch (group.kind) {
    case 'tagged':
      return { resources: [arn('ec2', 'instance/*')], tag: { key: group.key, value: group.value } };
    case 'auto-scaling-group':
      return { resources: [arn('ec2', 'instance/*')], tag: { key: 'aws:autoscaling:groupName', value: group.name } };
    case 'instances':
      return { resources: group.ids.map((id) => arn('ec2', `instance/${id}`)) };
    case 'single':
      return one(group.target);
  }
}
