import { Annotations, type Duration, Stack } from 'aws-cdk-lib';
import { EventBus, type IEventBus } from 'aws-cdk-lib/aws-events';
import { type AddToResourcePolicyResult, Effect, type IGrantable, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { type ITopic, Subscription, SubscriptionFilter, SubscriptionProtocol, Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import type { NoticeFilter } from '../../lambdas/core/notice/filter.ts';
import type { Stage } from '../../lambdas/core/notice/notice.ts';
import { type NoticeSettings, noticeSettingsSchema } from '../../lambdas/core/notice/settings.ts';
import type { NoticeFilterProps } from '../notice-filter.ts';
import { openingFilter } from '../opening-filter.ts';
import { checked, PolicyError } from '../policy-error.ts';
import { placed, refuseElsewhere } from '../same-place.ts';
import { toPolicyDuration } from '../to-policy-duration.ts';
import type { Webhook } from '../webhook.ts';
import { Chat, type ChatProps } from './chat.ts';
import type { DigestProps } from './digest.ts';
import { grantNoticeEvents } from './own-events.ts';
import { acknowledgeMails } from './security-acknowledgements.ts';

export interface NotificationsProps {
  /**
   * Addresses that get every message. Each must confirm the mail that AWS sends once.
   * @default - none; subscribe to the topic by other means
   */
  readonly emails?: readonly string[];
  /**
   * A standard topic of your own, made in this app or imported, in the pipeline's account and Region. CloudWatch must be
   * allowed to publish to it, or the alarms about the pipeline itself are told to nobody: that is written into the policy
   * of a topic of this app; for an imported one a warning says what its policy needs.
   * @default - a topic is made
   */
  readonly topic?: ITopic;
  /**
   * The customer managed key with which the topic is encrypted. CloudWatch must be allowed to use it: that is written into
   * the policy of a key of this app; for an imported one a warning says what its policy needs. Never `alias/aws/sns`, which
   * CloudWatch cannot use.
   * @default - the key that the topic is known to have; a topic that is made is not encrypted with a key of the account
   */
  readonly key?: IKey;
  /**
   * What the account is called in everything that people are told: "shop-production". Known at deployment, so that no function needs the
   * right to list the aliases of the account, which AWS grants for all or nothing. At most 64 characters.
   * @default - the number of the account alone
   */
  readonly accountName?: string;
  /**
   * How long an incident may last before people are told, once, that it is not healed yet. From one minute to one day. Prevents that
   * nobody hears anything while a long ladder is climbed.
   * @default - 15 minutes
   */
  readonly stillAfter?: Duration;
  /**
   * An event bus in the pipeline's account and Region that gets every notice as an event, after the mail: its source is
   * `self-healing-notice.<name of the pipeline>`, its detail type the stage, its detail the notice. What could not be put on it is a line
   * of the history and an alarm. Prevents tools that read mails.
   * @default - no event is sent
   */
  readonly bus?: IEventBus;
  /**
   * Which notices `emails` get. What concerns no outcome or no policy, such as a question or a pause, is not kept back by a list of them;
   * the alarms about the pipeline itself always come. Prevents that mails are no longer read.
   * @default - every stage but `started` and `given-back`, of every outcome and policy
   */
  readonly mails?: MailFilter;
  /**
   * Hours in which `emails` and `chat` get no successes; hand-offs, questions and storms come always. What is not mailed then is not mailed later: the
   * history has it. Prevents being woken by what was healed.
   * @default - none
   */
  readonly quietHours?: QuietHours;
  /**
   * A chat channel, by Amazon Q Developer in chat applications: all notices of an incident in one thread. What could not be sent there is
   * a line of the history and an alarm. Prevents that only one person reads of what others wait for.
   * @default - no chat
   */
  readonly chat?: ChatProps;
  /**
   * OpsItems in OpsCenter of Systems Manager for what a person must see to: one for a policy and target, brought up to date by each later
   * hand-off, and resolved when the pipeline heals the same symptom there. A list of stages says what opens one. What could not be opened
   * or resolved is a line of the history and an alarm. Prevents that a hand-off is read and forgotten.
   * @default false; when `true`, hand-offs and storms open one
   */
  readonly opsItems?: boolean | NoticeFilterProps;
  /**
   * Tools to which notices are posted: `Webhook.pagerDuty`, `Webhook.opsgenie`, `Webhook.devOpsAgent`, or `Webhook.json` for any other. What
   * was not taken within an hour is a line of the history and an alarm. Prevents that somebody on call must read mails.
   * @default - none
   */
  readonly webhooks?: readonly Webhook[];
  /**
   * A notice once a week: how incidents ended, what comes back, what comes and goes, and what the remedies are worth. It goes out by mail and
   * by every other way whose filter lets it through; quiet hours do not hold it back. Prevents that the same is healed for months and
   * nobody looks for its cause.
   * @default false; when `true`, on Monday at 07:00 UTC
   */
  readonly digest?: boolean | DigestProps;
}

/** Which notices are mailed; of each list one must fit. */
export interface MailFilter {
  /** @default - every one but `started` and `given-back` */
  readonly stages?: readonly Stage[];
  /** @default - all three */
  readonly outcomes?: readonly ('recovered' | 'handed-off' | 'skipped')[];
  /** Names of policies. @default - all */
  readonly policies?: readonly string[];
}

/** A time of day, by the clocks of one place. */
export interface QuietHours {
  /** The first minute, such as `22:00`. */
  readonly from: string;
  /** The first minute after it, such as `07:00`; not after `from`: on the next day. */
  readonly to: string;
  /** A name of the IANA time zone database, such as `Europe/Berlin`. */
  readonly timeZone: string;
}

/** The topic on which people are told, and the bus on which other tools are. */
export class Notifications extends Construct {
  readonly topic: ITopic;
  /** How notices are sent, for the functions that send them. */
  readonly settings: NoticeSettings;
  /** The bus that gets every notice. */
  readonly bus: IEventBus | undefined;
  /** The chat channel, whose topic can have further subscriptions. */
  readonly chat: Chat | undefined;
  /** What opens OpsItems. */
  readonly opsItems: NoticeFilter | undefined;
  readonly webhooks: readonly Webhook[];
  readonly #pipeline: string;
  readonly #key: IKey | undefined;

  /** @throws PolicyError for a topic that cannot be published to, or a key that CloudWatch cannot use */
  constructor(scope: Construct, id: string, props: NotificationsProps & { readonly pipeline: string }) {
    super(scope, id);
    const { pipeline, topic: given, emails = [] } = props;
    this.#pipeline = pipeline;
    this.opsItems = props.opsItems ? openingFilter(props.opsItems === true ? {} : props.opsItems, 'notify.opsItems') : undefined;
    this.webhooks = props.webhooks ?? [];
    refuseTwice(this.webhooks);
    this.bus = props.bus ?? (this.hasIncidentTools ? new EventBus(this, 'Bus', { eventBusName: `${pipeline}-notices` }) : undefined);
    this.#key = props.key ?? given?.masterKey;
    const keys = this.#key ? [this.#key] : [];
    refuseElsewhere(this, 'notify', [...placed([given, props.bus]), ...keys]);
    refuseUnusable(given, this.#key);
    this.topic = given ?? this.#made(pipeline);
    this.chat = props.chat && new Chat(this, 'Chat', { ...props.chat, pipeline, ...(this.#key && { key: this.#key }) });
    this.settings = settingsOf(props, this.bus, this.chat);
    // A subscription of the pipeline's stands in its own stack, and not in that of a topic that was given.
    const filterPolicy = { unmailed: new SubscriptionFilter([{ exists: false }]) };
    for (const endpoint of emails) {
      const mails = given
        ? new Subscription(this, endpoint, { topic: given, protocol: SubscriptionProtocol.EMAIL, endpoint, filterPolicy })
        : this.topic.addSubscription(new EmailSubscription(endpoint, { filterPolicy }));
      acknowledgeMails(mails);
    }
    if (!given && emails.length === 0 && !this.bus && !this.chat?.hasChannel)
      Annotations.of(this).addWarningV2(
        'self-healing:notify-nobody',
        'notify has no emails, topic, bus or chat channel: nobody is told of anything, unless somebody subscribes to the topic that is made.',
      );
    this.#admitAlarms();
  }

  /** Why names of policies in filters are wrong. */
  unknownPolicies(known: ReadonlySet<string>): readonly string[] {
    const ofWebhooks = this.webhooks.map(({ name, only }) => [`webhooks.${name}`, only]);
    const filters: Readonly<Record<string, NoticeFilter | undefined>> = {
      ...{ chat: this.settings.chat?.only, opsItems: this.opsItems },
      ...Object.fromEntries(ofWebhooks),
    };
    return Object.entries(filters).flatMap(([way, filter]) =>
      (filter?.policies ?? [])
        .filter((name) => !known.has(name))
        .map((name) => `notify.${way}.policies: the pipeline has no policy ${name}, only ${[...known].join(', ')}`),
    );
  }

  /** Whether something stands behind the bus that opens and closes alerts. */
  get hasIncidentTools(): boolean {
    return this.opsItems !== undefined || this.webhooks.length > 0;
  }

  /** The customer managed key of the topic, if it has one. */
  get key(): IKey | undefined {
    return this.#key;
  }

  grantPublish({ grantPrincipal }: IGrantable): void {
    const allow = (actions: string[], resource: string) =>
      grantPrincipal.addToPrincipalPolicy(new PolicyStatement({ actions, resources: [resource] }));
    allow(['sns:Publish'], this.topic.topicArn);
    if (this.chat) allow(['sns:Publish'], this.chat.topic.topicArn);
    if (this.#key) allow(['kms:Decrypt', 'kms:GenerateDataKey'], this.#key.keyArn);
    if (this.bus) grantNoticeEvents({ grantPrincipal }, this.bus.eventBusArn, this.#pipeline);
  }

  #made(pipeline: string): ITopic {
    return new Topic(this, 'Topic', {
      topicName: `${pipeline}-notifications`,
      displayName: 'Self-healing',
      enforceSSL: true,
      ...(this.#key && { masterKey: this.#key }),
    });
  }

  /** The pipeline's alarms about itself publish directly: they must get through when its functions cannot. */
  #admitAlarms(): void {
    const alarms = new ServicePrincipal('cloudwatch.amazonaws.com');
    const publish = new PolicyStatement({
      effect: Effect.ALLOW,
      principals: [alarms],
      actions: ['sns:Publish'],
      resources: [this.topic.topicArn],
      conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
    });
    this.#tellUnlessAdded(this.topic.addToResourcePolicy(publish), 'topic', publish);
    if (!this.#key) return;
    // Without a condition on the account, which is not known to reach KMS in every case: then nobody would be told.
    const use = new PolicyStatement({
      effect: Effect.ALLOW,
      principals: [alarms],
      actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
      resources: ['*'],
    });
    this.#tellUnlessAdded(this.#key.addToResourcePolicy(use), 'key', use);
  }

  #tellUnlessAdded({ statementAdded }: AddToResourcePolicyResult, what: 'topic' | 'key', statement: PolicyStatement): void {
    if (statementAdded) return;
    Annotations.of(this).addWarningV2(
      `self-healing:notify-${what}`,
      `The ${what} of notify was imported, so its policy is not changed. See that it has this statement, or alarms about the pipeline itself reach nobody: ${JSON.stringify(Stack.of(this).resolve(statement.toStatementJson()))}`,
    );
  }
}

function settingsOf(props: NotificationsProps, bus: IEventBus | undefined, chat: Chat | undefined): NoticeSettings {
  const { accountName, stillAfter, mails, quietHours } = props;
  const given = {
    ...(accountName !== undefined && { accountName }),
    ...(stillAfter && { stillAfter: toPolicyDuration(stillAfter) }),
    ...(mails && { mails }),
    ...(quietHours && { quietHours }),
    ...(bus && { bus: bus.eventBusArn }),
    ...(chat && { chat: { topic: chat.topic.topicArn, only: chat.only } }),
  };
  return checked(noticeSettingsSchema, given, 'notify', 'notify');
}

function refuseTwice(webhooks: readonly Webhook[]): void {
  const names = webhooks.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new PolicyError('notify', [`webhooks: ${twice} is there twice: the history tells them by their names`]);
}

function refuseUnusable(topic: ITopic | undefined, key: IKey | undefined): void {
  if (topic?.fifo)
    throw new PolicyError('notify', [
      'topic: a FIFO topic has no subscriptions by email and needs groups of messages: give a standard one',
    ]);
  if (key && Reflect.get(key, 'aliasName') === 'alias/aws/sns')
    throw new PolicyError('notify', ['key: CloudWatch cannot use alias/aws/sns: give a customer managed key']);
}
