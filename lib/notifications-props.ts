import type { Duration } from 'aws-cdk-lib';
import type { IEventBus } from 'aws-cdk-lib/aws-events';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Stage } from '../lambdas/core/notice/notice.ts';
import type { ChatProps } from './constructs/chat.ts';
import type { DigestProps } from './digest-time.ts';
import type { NamesOf } from './known-names.ts';
import type { NoticeFilterProps } from './notice-filter.ts';
import type { Webhook } from './webhook.ts';

export interface NotificationsProps {
  /**
   * Addresses that are mailed: of notices what `mails` says, and every alarm about the pipeline itself. Each must confirm the mail that
   * AWS sends once.
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
   * An event bus in the pipeline's account and Region that gets every notice as an event, mailed or not: its source is
   * `self-healing-notice.<name of the pipeline>`, its detail type the stage, its detail the notice. What could not be put on it is a line
   * of the history and an alarm. Prevents tools that read mails.
   * @default - no event is sent
   */
  readonly bus?: IEventBus;
  /**
   * Which notices `emails` and all other subscriptions of the topic get. What concerns no outcome or no policy, such as a question or a
   * pause, is not kept back by a list of them; the alarms about the pipeline itself always come. Prevents that mails are no longer read.
   * @default - every stage but `started` and `given-back`, of every outcome and policy
   */
  readonly mails?: MailFilter;
  /**
   * Hours in which the topic of `emails` and `chat` get no successes; hand-offs, questions and storms come always. What is not mailed then
   * is not mailed later: the history has it. Prevents being woken by what was healed.
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

export const notificationNames: NamesOf<NotificationsProps> = {
  emails: true,
  topic: true,
  key: true,
  accountName: true,
  stillAfter: true,
  bus: true,
  mails: true,
  quietHours: true,
  chat: true,
  opsItems: true,
  webhooks: true,
  digest: true,
};

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
