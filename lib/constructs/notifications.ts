import { Annotations, Duration, Stack } from 'aws-cdk-lib';
import { EventBus, type IEventBus } from 'aws-cdk-lib/aws-events';
import { type AddToResourcePolicyResult, Effect, type IGrantable, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { type ITopic, Subscription, SubscriptionProtocol, Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import * as z from 'zod';
import type { NoticeFilter } from '../../lambdas/core/notice/filter.ts';
import { type NoticeSettings, noticeSettingsSchema } from '../../lambdas/core/notice/settings.ts';
import { knownOf } from '../known-names.ts';
import { mailAddressSchema } from '../mail-address.ts';
import { type NotificationsProps, notificationNames } from '../notifications-props.ts';
import { openingFilter } from '../opening-filter.ts';
import { checked, PolicyError, refuseNoConstruct, refuseOther } from '../policy-error.ts';
import { placed, refuseElsewhere } from '../same-place.ts';
import { givenDuration } from '../to-policy-duration.ts';
import { Webhook } from '../webhook.ts';
import { Chat } from './chat.ts';
import { grantNoticeEvents } from './own-events.ts';
import { acknowledgeMails } from './security-acknowledgements.ts';

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

  /** @throws PolicyError for a topic that cannot be published to, a key that CloudWatch cannot use, or a property that is not known */
  constructor(scope: Construct, id: string, { pipeline, ...ways }: NotificationsProps & { readonly pipeline: string }) {
    super(scope, id);
    const props = knownOf(ways, notificationNames, 'notify', 'notify');
    const { topic: given } = props;
    const emails = checked(emailsSchema, props.emails ?? [], 'notify', 'notify.emails');
    for (const name of ['topic', 'bus', 'key'] as const)
      if (props[name] !== undefined) refuseNoConstruct(props[name], 'notify', `notify.${name}`);
    for (const [position, webhook] of (props.webhooks ?? []).entries())
      refuseOther(webhook, Webhook, 'notify', `notify.webhooks.${position}`);
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
    // A subscription of the pipeline's stands in its own stack, and not in that of a topic that was given. It has no filter: alarms about
    // the pipeline have no attributes, and SNS drops what has none wherever there is a filter.
    for (const endpoint of emails) {
      const mails = given
        ? new Subscription(this, endpoint, { topic: given, protocol: SubscriptionProtocol.EMAIL, endpoint })
        : this.topic.addSubscription(new EmailSubscription(endpoint));
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
      ...{ mails: this.settings.mails, chat: this.settings.chat?.only, opsItems: this.opsItems },
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

/** SNS takes no second subscription of the same address. */
const emailsSchema = z.array(mailAddressSchema).refine((emails) => new Set(emails).size === emails.length, 'must name each address once');

/** Less than a minute is no length of an incident, and none lasts for longer than a day. */
const stillAfterSchema = z.custom<Duration>(
  (value) => value instanceof Duration && value.toSeconds({ integral: false }) >= 60 && value.toSeconds({ integral: false }) <= 86_400,
  'must be from 1 minute to 1 day',
);

function settingsOf(props: NotificationsProps, bus: IEventBus | undefined, chat: Chat | undefined): NoticeSettings {
  const { accountName, stillAfter, mails, quietHours } = props;
  if (stillAfter !== undefined) checked(stillAfterSchema, stillAfter, 'notify', 'notify.stillAfter');
  const given = {
    ...(accountName !== undefined && { accountName }),
    ...(stillAfter && { stillAfter: givenDuration(stillAfter, 'notify', 'notify.stillAfter') }),
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
