import { Aws, Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, type IMetric, Metric, Stats, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { CfnEventBusPolicy, EventBus, Match, Rule } from 'aws-cdk-lib/aws-events';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import * as z from 'zod';
import { hubTableName, REPORTS_BEGINNING, USUAL_HUB } from '../lambdas/core/hub/hub-names.ts';
import { NOTICES_BEGINNING } from '../lambdas/core/notice/event.ts';
import { nameSchema } from '../lambdas/core/policy.ts';
import { refuseLargePolicies } from './constructs/deployment-limits.ts';
import { HealingFunction } from './constructs/healing-function.ts';
import { History } from './constructs/history.ts';
import { linksIn, onlyPauses } from './constructs/hub-link.ts';
import { HubOperators } from './constructs/hub-operators.ts';
import { HubOverview } from './constructs/hub-overview.ts';
import { itemTable } from './constructs/item-table.ts';
import { Notifications } from './constructs/notifications.ts';
import { PauseSwitch } from './constructs/pause-switch.ts';
import { scheduledFunction } from './constructs/scheduled-function.ts';
import { acknowledgeDeadLetters, acknowledgeHubRule } from './constructs/security-acknowledgements.ts';
import { estimateReferences } from './constructs/target-rights.ts';
import { knownOf, type NamesOf } from './known-names.ts';
import { refuseNamesTakenTwice } from './names-taken-twice.ts';
import type { NotificationsProps } from './notifications-props.ts';
import { checked } from './policy-error.ts';
import { partitionOf } from './same-place.ts';

// Longer than 250 lines: all that a hub is made of, and each right beside the deed.

/** Who belongs to a hub: exactly one of `organization` and `accounts` is given. */
export interface HealingHubProps {
  /**
   * Name of the hub: the beginning of the names of its bus, functions and log group. A pipeline in the same account and Region has another
   * one. At most 40 characters.
   * @default - healing-hub
   */
  readonly name?: string;
  /** The organization whose accounts may report, such as `o-a1b2c3d4e5`. Prevents that strangers fill the history. @default - `accounts` */
  readonly organization?: string;
  /** The accounts that may report. At most 100. @default - those of `organization` */
  readonly accounts?: readonly string[];
  /**
   * Who is mailed when a pipeline falls silent or does not confirm a pause. Incidents are told where they are, not here.
   * @default - nobody; subscribe to `notifications.topic`, which is made
   */
  readonly notify?: Pick<NotificationsProps, 'emails' | 'topic' | 'key'>;
  /** How long the hub's history is kept. @default - one year */
  readonly historyRetention?: RetentionDays;
}

/** Where a hub is. */
export interface HubPlace {
  readonly account: string;
  readonly region: string;
  /** @default - healing-hub */
  readonly name?: string;
  /** @default - that of the Region */
  readonly partition?: string;
}

const hubPlaceNames: NamesOf<HubPlace> = { account: true, region: true, name: true, partition: true };

const hubNotifyNames: NamesOf<NonNullable<HealingHubProps['notify']>> = { emails: true, topic: true, key: true };

const MOST_ACCOUNTS = 100;

const propsSchema = z
  .strictObject({
    name: nameSchema.max(40).default(USUAL_HUB),
    organization: z
      .string()
      .regex(/^o-[a-z0-9]{10,32}$/, 'must be the id of an organization, such as o-a1b2c3d4e5')
      .optional(),
    accounts: z
      .array(z.string().regex(/^\d{12}$/, 'must be the 12 digits of an account'))
      .min(1)
      .max(MOST_ACCOUNTS)
      .optional(),
  })
  .refine(
    ({ organization, accounts }) => (organization === undefined) !== (accounts === undefined),
    'exactly one of organization and accounts must be given',
  );

/**
 * Sees the pipelines of many accounts and Regions, and stops them: it keeps what they report and tell, and spreads one pause. It has no
 * role in any of them and acts on no target; without it each goes on by itself.
 *
 * ```ts
 * const hub = new HealingHub(this, 'Hub', { organization: 'o-a1b2c3d4e5' });
 * ```
 */
export class HealingHub extends Construct {
  readonly name: string;
  /** Where pipelines send their notices and reports; its ARN is `hub.busArn` of each. */
  readonly bus: EventBus;
  readonly history: History;
  /** Its topic can have further subscriptions. */
  readonly notifications: Notifications;
  /** Its managed policy is for the role of the people who operate the hub. */
  readonly operators: HubOperators;
  readonly #pipelines: TableV2;

  /** ARN of the bus of a hub in another app or stage, as `hub.busArn` of a pipeline takes it. */
  static busArn(place: HubPlace): string {
    const { account, region, name = USUAL_HUB, partition = partitionOf(region) ?? 'aws' } = knownOf(place, hubPlaceNames, 'hub');
    return `arn:${partition}:events:${region}:${account}:event-bus/${name}`;
  }

  /** @throws PolicyError for members that are not said, or said in two ways */
  constructor(scope: Construct, id: string, { notify = {}, historyRetention, ...given }: HealingHubProps) {
    super(scope, id);
    estimateReferences(this);
    const { name, organization, accounts } = checked(propsSchema, given, id, 'hub');
    this.name = name;
    refuseNamesTakenTwice(this, name);
    const members: Members = organization === undefined ? { accounts: accounts ?? [] } : { organization };
    this.bus = new EventBus(this, 'Bus', { eventBusName: name, description: 'What pipelines of all accounts report and tell' });
    this.#admit(members);
    this.history = new History(this, 'History', { pipeline: name, ...(historyRetention && { retention: historyRetention }) });
    this.notifications = new Notifications(this, 'Notifications', {
      ...knownOf(notify, hubNotifyNames, 'hub', 'notify'),
      pipeline: name,
    });
    // What is lost with it is back with the next reports.
    this.#pipelines = new TableV2(this, 'Pipelines', {
      ...itemTable,
      tableName: hubTableName(name),
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.#hear();
    this.#spread(members);
    new HubOverview(this, 'Overview', { hub: name, history: this.history.logGroup });
    refuseLargePolicies(this, 'name the organization in place of accounts');
    this.operators = new HubOperators(this, 'Operators', {
      ...{ hub: name, table: this.#pipelines, history: this.history.logGroup },
      linkConditions: 'organization' in members ? conditionsOf(members) : { StringEquals: { 'aws:ResourceAccount': members.accounts } },
    });
  }

  #admit(members: Members): void {
    const statement = {
      Sid: 'Members',
      Effect: 'Allow',
      Action: 'events:PutEvents',
      Resource: this.bus.eventBusArn,
      ...('organization' in members
        ? { Principal: '*', Condition: { StringEquals: { 'aws:PrincipalOrgID': members.organization } } }
        : { Principal: { AWS: members.accounts.map((account) => `arn:${Aws.PARTITION}:iam::${account}:root`) } }),
    };
    new CfnEventBusPolicy(this, 'BusPolicy', { eventBusName: this.bus.eventBusName, statementId: 'Members', statement });
  }

  /** What a member may put on the bus is only read: the rule takes no other source than those of pipelines. */
  #hear(): void {
    const deadLetters = new Queue(this, 'DeadLetters', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    acknowledgeDeadLetters(deadLetters);
    const listener = new HealingFunction(this, 'HearPipelines', {
      functionName: `${this.name}-hear-pipelines`,
      description: 'Keeps what pipelines report and tell; acts on nothing',
      handler: 'hear-pipelines',
      calledBy: 'rule',
      environment: { HISTORY_LOG_GROUP: this.history.logGroup.logGroupName, KNOWN_PIPELINES: this.#pipelines.tableName },
      options: { onFailure: new SqsDestination(deadLetters), retryAttempts: 2, maxEventAge: Duration.hours(1) },
    });
    const { role } = listener;
    this.history.grantWrite(role);
    role.addToPrincipalPolicy(new PolicyStatement({ actions: ['dynamodb:UpdateItem'], resources: [this.#pipelines.tableArn] }));
    const rule = new Rule(this, 'Heard', {
      eventBus: this.bus,
      description: 'Reports and notices of pipelines',
      eventPattern: { source: Match.anyOf(Match.prefix(NOTICES_BEGINNING), Match.prefix(REPORTS_BEGINNING)) },
    });
    listener.addToRule(rule, 'Heard', { deadLetterConfig: { arn: deadLetters.queueArn } });
    deadLetters.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('events.amazonaws.com')],
        actions: ['sqs:SendMessage'],
        resources: [deadLetters.queueArn],
        conditions: { ArnEquals: { 'aws:SourceArn': rule.ruleArn } },
      }),
    );
    const period = Duration.minutes(1);
    this.#watch(
      'dead-letters',
      'The hub could not take in what a pipeline reported or told. People were told by the pipeline itself; read the queue.',
      deadLetters.metricApproximateNumberOfMessagesVisible({ period, statistic: Stats.MAXIMUM }),
    );
  }

  #spread(members: Members): void {
    const pauseSwitch = new PauseSwitch(this, 'PauseSwitch', { pipeline: this.name });
    const sender = scheduledFunction(this, 'SpreadPause', {
      functionName: `${this.name}-spread-pause`,
      description: 'Sends the pause of the hub to each pipeline until it confirms',
      handler: 'spread-pause',
      environment: {
        HUB: this.name,
        HUB_BUS: this.bus.eventBusArn,
        PARTITION: Aws.PARTITION,
        PAUSE_PARAMETER: pauseSwitch.parameterName,
        KNOWN_PIPELINES: this.#pipelines.tableName,
      },
    });
    const { role } = sender;
    pauseSwitch.grantReadHistory(role);
    role.addToPrincipalPolicy(
      new PolicyStatement({ actions: ['dynamodb:Query', 'dynamodb:UpdateItem'], resources: [this.#pipelines.tableArn] }),
    );
    this.#grantLinks(sender, members);
    const { parameterName } = pauseSwitch;
    const rule = new Rule(this, 'Switched', {
      description: 'The pause switch of the hub was set, by the command or without it',
      eventPattern: {
        source: ['aws.ssm'],
        detailType: ['Parameter Store Change'],
        detail: { name: [parameterName], operation: ['Create', 'Update'] },
      },
    });
    sender.addToRule(rule, 'Switched');
    acknowledgeHubRule(rule);
    const counted = (metricName: string) =>
      new Metric({
        namespace: 'SelfHealing',
        metricName,
        dimensionsMap: { service: this.name },
        statistic: Stats.MAXIMUM,
        period: Duration.minutes(1),
      });
    const silent = this.#watch(
      'silent',
      'A pipeline fell silent or still is after another day, or the hub itself does not run. It goes on by itself, or is out of order: look with "doctor --all".',
      counted('NewlySilentPipelines'),
      3,
    );
    silent.addInsufficientDataAction(new SnsAction(this.notifications.topic));
    this.#watch(
      'unconfirmed',
      'A pipeline has not confirmed what the pause switch of the hub says, and perhaps acts: see which with "doctor --all".',
      counted('NewlyUnconfirmedPipelines'),
      3,
    );
  }

  #grantLinks({ rights }: HealingFunction, members: Members): void {
    const reason = 'Only when pipelines report is known in which Regions they are.';
    const condition = { ...onlyPauses, ...conditionsOf(members) };
    const accounts = 'organization' in members ? ['*'] : members.accounts;
    rights.on({ resources: accounts.map(linksIn), condition, reason }, ['events:PutEvents']);
  }

  #watch(name: string, alarmDescription: string, metric: IMetric, evaluationPeriods = 1): Alarm {
    const alarm = new Alarm(this, `Watch-${name}`, {
      alarmName: `${this.name}-watch-${name}`,
      alarmDescription,
      metric,
      threshold: 0,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods,
      treatMissingData: name === 'silent' ? TreatMissingData.MISSING : TreatMissingData.NOT_BREACHING,
    });
    alarm.addAlarmAction(new SnsAction(this.notifications.topic));
    return alarm;
  }
}

/** Who belongs to a hub. */
type Members = { readonly organization: string } | { readonly accounts: readonly string[] };

function conditionsOf(members: Members): Readonly<Record<string, Readonly<Record<string, string>>>> {
  return 'organization' in members ? { StringEquals: { 'aws:ResourceOrgID': members.organization } } : {};
}
