import { Aws, Duration, Token } from 'aws-cdk-lib';
import type { IAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import {
  EventField,
  type EventPattern,
  type IEventBus,
  type IRule,
  type IRuleTarget,
  Match,
  Rule,
  RuleTargetInput,
} from 'aws-cdk-lib/aws-events';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { DRILL, drillSource } from '../../lambdas/core/drill.ts';
import type { Policy } from '../../lambdas/core/policy.ts';
import { FAILED_CHECK } from '../../lambdas/core/signal.ts';
import type { WatchedCheck } from '../../lambdas/core/status-check.ts';
import { sweepSource } from '../../lambdas/core/sweep-source.ts';
import { PolicyError } from '../policy-error.ts';
import { shortened } from '../shortened.ts';

/** Which events of RDS. One that has any of the ids or any of the categories is meant. */
export interface DatabaseEventKinds {
  readonly eventIds: readonly string[];
  /** RDS's own words, e.g. `failover`. Events of clusters may have no id. */
  readonly categories: readonly string[];
}

/** Events of RDS about one database. */
export interface DatabaseEvents extends DatabaseEventKinds {
  readonly of: 'instance' | 'cluster';
  readonly id: string;
  /** Of a cluster: events about instances, which intake asks for whether they are its members. @default - none */
  readonly ofMembers?: DatabaseEventKinds;
}

/** What a policy's rule lets in: at least one of them. */
export interface Signals {
  readonly alarm?: IAlarm;
  readonly events?: DatabaseEvents;
  /** A status check of the instances with a tag, which the pipeline reads by itself. */
  readonly statusCheck?: Omit<WatchedCheck, 'policy'>;
}

export interface PolicyRuleProps extends Signals {
  readonly ruleName: string;
  readonly pipeline: string;
  readonly policy: Policy;
  readonly intake: IFunction;
  readonly deadLetters: IQueue;
  /** @default - the default bus */
  readonly bus?: IEventBus;
}

/** Retries reach over the failures that intake's own invocation can have; older news is in the dead-letter queue. */
const DELIVERED_WITHIN = Duration.minutes(15);
const DELIVERY_RETRIES = 20;

/** The one door of a policy: the rule that matches its signals and carries the policy with every event. */
export class PolicyRule extends Construct {
  readonly rule: IRule;

  /** @throws PolicyError for a text that an input template cannot carry */
  constructor(scope: Construct, id: string, props: PolicyRuleProps) {
    super(scope, id);
    const { ruleName, pipeline, policy, alarm, events, statusCheck, intake, deadLetters, bus } = props;
    const unwanted = placeholders(policy);
    if (unwanted.length > 0) throw new PolicyError(policy.name, unwanted);
    const patterns = [
      ...(alarm ? [ofAlarm(alarm, pipeline)] : []),
      ...(events ? ofDatabase(events) : []),
      ...(statusCheck ? [ofStatusCheck(policy, pipeline)] : []),
      ofDrill(policy, pipeline),
    ];
    this.rule = new Rule(this, 'Rule', {
      ruleName,
      ...(bus && { eventBus: bus }),
      description: shortened(`${policy.seen}: ${policy.ladder.map(({ remedy }) => remedy).join(', then ')}`, 512),
      eventPattern: {
        // Other accounts may put events on the bus, under names of their own that are equal to ours.
        account: [Aws.ACCOUNT_ID],
        source: [...new Set(patterns.flatMap(({ source }) => source))],
        detailType: [...new Set(patterns.flatMap(({ detailType }) => detailType))],
        detail: { $or: patterns.map(({ detail }) => detail) },
      },
      targets: [target(intake, deadLetters, policy, alarm)],
    });
  }
}

type Pattern = Required<Pick<EventPattern, 'source' | 'detailType' | 'detail'>>;

function ofAlarm({ alarmName }: IAlarm, pipeline: string): Pattern {
  return {
    source: ['aws.cloudwatch', sweepSource(pipeline)],
    detailType: ['CloudWatch Alarm State Change', 'CloudWatch Alarm Contributor State Change'],
    // An event without a state is let in too, so that intake can record that it does not know it.
    detail: { alarmName: [alarmName], state: { value: ['ALARM', { exists: false }] } },
  };
}

function ofStatusCheck({ name }: Policy, pipeline: string): Pattern {
  return { source: [sweepSource(pipeline)], detailType: [FAILED_CHECK], detail: { policy: [name] } };
}

/** Whoever may put events under the source of drills gets no further with an event of another kind: intake takes it for what it is. */
function ofDrill({ name }: Policy, pipeline: string): Pattern {
  return { source: [drillSource(pipeline)], detailType: [DRILL], detail: { policy: [name], drill: [{ exists: true }] } };
}

/** RDS writes identifiers in lower case, however they were given. */
function ofDatabase({ of, id, ofMembers, ...kinds }: DatabaseEvents): readonly Pattern[] {
  const own = of === 'cluster' ? 'RDS DB Cluster Event' : 'RDS DB Instance Event';
  return [
    ...eitherOf(kinds, own, { SourceIdentifier: Match.equalsIgnoreCase(id) }),
    // Details of all alternatives go with all types, so that the kind of the source keeps out the events of other clusters.
    ...(ofMembers ? eitherOf(ofMembers, 'RDS DB Instance Event', { SourceType: ['DB_INSTANCE'] }) : []),
  ];
}

/** One pattern for each alternative, since they cannot stand in one another. */
function eitherOf({ eventIds, categories }: DatabaseEventKinds, detailType: string, about: object): readonly Pattern[] {
  const either = [
    ...(eventIds.length > 0 ? [{ EventID: [...eventIds] }] : []),
    ...(categories.length > 0 ? [{ EventCategories: [...categories] }] : []),
  ];
  return either.map((one) => ({ source: ['aws.rds'], detailType: [detailType], detail: { ...about, ...one } }));
}

/**
 * What stands between < and > in an input template is a placeholder, in texts and keys, too, and EventBridge refuses one that it does
 * not know. One < is enough, since the placeholder of the event follows. Quotes, backslashes and line breaks are JSON's affair.
 */
function placeholders(value: unknown, path = 'policy'): string[] {
  if (typeof value === 'string') {
    const problem = `${path}: ${JSON.stringify(value)} is not allowed: < begins a placeholder of EventBridge; say it in words`;
    return value.includes('<') ? [problem] : [];
  }
  // What is known only later is made of what is checked where it comes from.
  if (typeof value !== 'object' || value === null || Token.isUnresolved(value)) return [];
  return Object.entries(value).flatMap(([key, each]) => [...placeholders(key, `${path} (key)`), ...placeholders(each, `${path}.${key}`)]);
}

/**
 * The intake function as a target, without the permission that `aws-events-targets` would add for each rule: a Lambda
 * resource policy holds 20 KB, and one permission for all rules of the pipeline is enough.
 */
function target(intake: IFunction, deadLetters: IQueue, policy: Policy, alarm: IAlarm | undefined): IRuleTarget {
  // Only drills need it; a name that no template can carry is left out, and they say that the alarm cannot be read.
  const named = alarm && placeholders(alarm.alarmName).length === 0 ? { alarm: alarm.alarmName } : {};
  return {
    bind: () => ({
      arn: intake.functionArn,
      input: RuleTargetInput.fromObject({ policy, ...named, event: EventField.fromPath('$') }),
      deadLetterConfig: { arn: deadLetters.queueArn },
      retryPolicy: { maximumEventAgeInSeconds: DELIVERED_WITHIN.toSeconds(), maximumRetryAttempts: DELIVERY_RETRIES },
    }),
  };
}
