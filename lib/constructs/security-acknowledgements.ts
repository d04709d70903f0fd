import { Stack, Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/**
 * The only actions that the pipeline's roles may use on every resource, each with its reason. They read, deliver logs
 * and traces, open an OpsItem, or connect the function itself to its network; an action on something that is protected is never granted so.
 */
export const unscopedActions: Readonly<Record<string, string>> = {
  'autoscaling:DescribeAutoScalingGroups': 'Describe calls of Auto Scaling know no resource.',
  'autoscaling:DescribeInstanceRefreshes': 'Describe calls of Auto Scaling know no resource.',
  'autoscaling:DescribeScalingActivities': 'Describe calls of Auto Scaling know no resource.',
  'cloudwatch:DescribeAlarmContributors': 'Granted with the other reads of alarms, which are authorised on all alarms.',
  'cloudwatch:DescribeAlarms': 'DescribeAlarms with several kinds of alarms is authorised on all alarms.',
  'cloudwatch:GetAlarmMuteRule': 'Mute rules belong to the users, who name them.',
  'cloudwatch:GetMetricData': 'Metrics are no resources.',
  'cloudwatch:ListAlarmMuteRules': 'The list of mute rules knows no resource.',
  'ec2:AssignPrivateIpAddresses': 'Lambda makes the network interfaces of a function in a VPC; their ids are not known before.',
  'ec2:CreateNetworkInterface': 'Lambda makes the network interfaces of a function in a VPC; their ids are not known before.',
  'ec2:DeleteNetworkInterface': 'Lambda makes the network interfaces of a function in a VPC; their ids are not known before.',
  'ec2:DescribeInstances': 'Describe calls of EC2 know no resource.',
  'ec2:DescribeNetworkInterfaces': 'Describe calls of EC2 know no resource.',
  'ec2:DescribeSubnets': 'Describe calls of EC2 know no resource.',
  'ec2:UnassignPrivateIpAddresses': 'Lambda makes the network interfaces of a function in a VPC; their ids are not known before.',
  'ec2:DescribeInstanceTypes': 'Describe calls of EC2 know no resource.',
  'ec2:DescribeInstanceStatus': 'Describe calls of EC2 know no resource.',
  'ec2:DescribeVolumes': 'Describe calls of EC2 know no resource.',
  'ec2:DescribeVolumesModifications': 'Describe calls of EC2 know no resource.',
  'elasticloadbalancing:DescribeTargetHealth': 'Describe calls of Elastic Load Balancing know no resource.',
  'events:ListRuleNamesByTarget': 'The list of rules knows no resource.',
  'events:ListRules': 'The list of rules knows no resource.',
  'ssm:CreateOpsItem': 'An OpsItem has no id before it is made.',
  'ssm:DescribeOpsItems': 'The list of OpsItems knows no resource.',
  'rds:DescribeDBClusters': 'The one description serves every protected cluster.',
  'rds:DescribeDBInstances': 'The one description serves every protected database.',
  'rds:DescribeEvents': 'The list of events knows no resource.',
  'ssm:DescribeInstanceInformation': 'The list of managed nodes knows no resource.',
  'ssm:GetAutomationExecution': 'Only Systems Manager knows the ids of executions.',
  'ssm:GetCommandInvocation': 'Invocations are no resources.',
  'ssm:ListCommands': 'Commands are no resources.',
  'xray:PutTraceSegments': 'Traces are no resources.',
  'xray:PutTelemetryRecords': 'Traces are no resources.',
  'xray:GetSamplingRules': 'Sampling rules are read as a whole.',
  'xray:GetSamplingTargets': 'Sampling targets are read as a whole.',
  'logs:CreateLogDelivery': 'Log deliveries know no resource.',
  'logs:GetLogDelivery': 'Log deliveries know no resource.',
  'logs:UpdateLogDelivery': 'Log deliveries know no resource.',
  'logs:DeleteLogDelivery': 'Log deliveries know no resource.',
  'logs:ListLogDeliveries': 'Log deliveries know no resource.',
  'logs:PutResourcePolicy': 'The resource policy of the log service belongs to the account and Region.',
  'logs:DescribeResourcePolicies': 'The resource policy of the log service belongs to the account and Region.',
  'logs:DescribeLogGroups': 'Step Functions looks its log group up in the list.',
};

/** Acknowledges that a role has statements on every resource, for actions of `unscopedActions`. */
export function acknowledgeUnscoped(role: IConstruct): void {
  Validations.of(role).acknowledge({
    id: 'AwsSolutions-IAM5[Resource::*]',
    reason: 'Only reads, and the delivery of logs and traces; unscopedActions lists each action with its reason.',
  });
}

/**
 * Acknowledges the wildcard inside an ARN that is otherwise as narrow as AWS allows; does nothing for an ARN without one.
 * A name in it may be known only at deployment, and the template refers to such a name in another way where it is one of
 * another stack, which is settled just before CDK validates: so that is when the acknowledgement is written.
 */
export function acknowledgeWildcard(role: IConstruct, arn: string, reason: string): void {
  if (!arn.includes('*')) return;
  role.node.addValidation({
    validate() {
      const shown = inFinding(Stack.of(role).resolve(arn));
      // CDK takes no other ids, and would refuse the whole app for a bracket in somebody's name.
      if (isBalanced(shown)) Validations.of(role).acknowledge({ id: `AwsSolutions-IAM5[Resource::${shown}]`, reason });
      return [];
    },
  });
}

/** A value of the template in the words in which cdk-nag reports it. */
function inFinding(value: unknown): string {
  if (typeof value === 'string') return value.replaceAll('${', '<').replaceAll('}', '>');
  const { 'Fn::Join': join, 'Fn::GetAtt': attribute, 'Fn::ImportValue': imported, Ref: reference } = value as Intrinsic;
  if (join) return join[1].map(inFinding).join(join[0]);
  if (attribute) return `<${attribute.map(inFinding).join('.')}>`;
  if (imported) return inFinding(imported);
  return reference === undefined ? JSON.stringify(value) : `<${reference}>`;
}

const closing: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };

/** Whether every bracket of a text is closed in its order. */
function isBalanced(text: string): boolean {
  const awaited: string[] = [];
  for (const sign of text) {
    const close = closing[sign];
    if (close !== undefined) awaited.push(close);
    else if (')]}'.includes(sign) && awaited.pop() !== sign) return false;
  }
  return awaited.length === 0;
}

interface Intrinsic {
  readonly 'Fn::Join'?: readonly [string, readonly unknown[]];
  readonly 'Fn::GetAtt'?: readonly unknown[];
  readonly 'Fn::ImportValue'?: unknown;
  readonly Ref?: string;
}

/** Acknowledges that the dead-letter queue has no dead-letter queue. */
export function acknowledgeDeadLetters(queue: IConstruct): void {
  const reason = 'It is the dead-letter queue of the rules and of intake, which the check does not see; an alarm watches it.';
  for (const id of ['AwsSolutions-SQS3', 'Serverless-SQSRedrivePolicy']) Validations.of(queue).acknowledge({ id, reason });
}

/** Who calls a function, by which it follows what becomes of a call that failed; why it has no dead-letter queue. */
const withoutDeadLetterQueue = {
  workflow: 'Step Functions waits for its answer, repeats the call, and ends the incident where it fails for good: no event can be lost.',
  stack: 'CloudFormation waits for its answer.',
  browser: 'A person waits for its answer, and is told where it failed.',
  rule: 'It has a destination for failures, which keeps the error beside the event; a dead-letter queue would keep the event alone.',
  queue: 'What it could not write down stays in the queue that it reads, is tried again, and is seen by an alarm.',
  schedule:
    'A run that failed is not made up for, since the next one is due and does all that it should have done; alarms see its silence.',
} as const;

/** Who calls a function. */
export type Caller = keyof typeof withoutDeadLetterQueue;

/** Acknowledges that a function has no dead-letter queue, and where a schedule calls it no destination for failures. */
export function acknowledgeCaller(fn: IConstruct, caller: Caller): void {
  const reason = withoutDeadLetterQueue[caller];
  const ids = ['Serverless-LambdaDLQ', ...(caller === 'schedule' ? ['Serverless-LambdaAsyncFailureDestination'] : [])];
  for (const id of ids) Validations.of(fn).acknowledge({ id, reason });
}

/** Acknowledges that what reads a queue has no destination for what it fails on. */
export function acknowledgeQueueReader(fn: IConstruct): void {
  Validations.of(fn).acknowledge({ id: 'Serverless-LambdaEventSourceMappingDestination', reason: withoutDeadLetterQueue.queue });
}

/** Acknowledges what the CDK's provider framework makes of its own function, of which it lets nobody choose anything. */
export function acknowledgeProvider(provider: IConstruct): void {
  const reason =
    'The provider framework of the CDK makes this function; it runs for a moment while the stack is deployed, and CloudFormation waits for it.';
  for (const id of ['Serverless-LambdaDLQ', 'Serverless-LambdaDefaultMemorySize', 'Serverless-LambdaTracing'])
    Validations.of(provider).acknowledge({ id, reason });
}

/** Acknowledges that a schedule has no dead-letter queue. */
export function acknowledgeSchedule(rule: IConstruct): void {
  Validations.of(rule).acknowledge({ id: 'Serverless-EventBusDLQ', reason: withoutDeadLetterQueue.schedule });
}

/** Acknowledges that what goes between hub and pipelines has no dead-letter queue. */
export function acknowledgeHubRule(rule: IConstruct): void {
  Validations.of(rule).acknowledge({
    id: 'Serverless-EventBusDLQ',
    reason:
      'EventBridge tries for a day; the hub sees the silence of a pipeline, sends a pause again each minute, and people are mailed where they are.',
  });
}

/** Acknowledges that mails have no dead-letter queue. */
export function acknowledgeMails(subscription: IConstruct): void {
  Validations.of(subscription).acknowledge({
    id: 'Serverless-SNSRedrivePolicy',
    reason: 'What is mailed is in the history, too; a queue of mails that did not arrive would tell nobody.',
  });
}
