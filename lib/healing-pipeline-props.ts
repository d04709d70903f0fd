import type { Duration } from 'aws-cdk-lib';
import type { IAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { ApprovalLinksProps } from './constructs/approval-links.ts';
import type { HubProps } from './constructs/hub-link.ts';
import type { GuardrailProps } from './guardrails.ts';
import type { NamesOf } from './known-names.ts';
import { type ModeProps, modeNames } from './modes.ts';
import type { NotificationsProps } from './notifications-props.ts';
import type { PauseProps } from './pause-watch.ts';
import type { RemedyRung } from './remedy.ts';
import type { Target } from './target.ts';

/** The mode is that of every policy that does not say otherwise. */
export interface HealingPipelineProps extends ModeProps {
  /**
   * Name of the pipeline: the beginning of the names of its alarms, rules, functions, documents and log groups, and of the logical
   * ids of its resources, so that the construct can be moved within its stack. Two pipelines in one account and Region need
   * different names, and a pipeline with a new name begins with an empty history. At most 20 characters; it does not begin
   * with aws, amazon or amzn.
   * @default - healing
   */
  readonly name?: string;
  /**
   * Who is told.
   * @default - nobody; subscribe to `notifications.topic`, which is made
   */
  readonly notify?: NotificationsProps;
  /**
   * The hub that sees this pipeline among those of other accounts and Regions, and may pause it. Taking it out again ends the hub's pause
   * here, by a deployment. Prevents that many accounts must be looked at, and stopped, one by one.
   * @default - none; the pipeline is seen and paused in its own account alone
   */
  readonly hub?: HubProps;
  /**
   * How people are reminded of a pause.
   * @default - every 4 hours; an alarm after a day of a pause without an end
   */
  readonly pause?: PauseProps;
  /**
   * Lets people answer the questions of policies that ask by links of their own, without credentials of AWS: a mail to each with a
   * link that is good for one answer. Whoever reads the mail answers in their name, and the page is at a public address; who has
   * credentials answers by the runbook or the command instead.
   * @default - nobody; no page is deployed
   */
  readonly approvalLinks?: ApprovalLinksProps;
  /**
   * Whether people with the managed policy of drills may stop one service of one protected instance for real, or fill one of its file
   * systems to 90 % at the most, by `drill --for-real`. A timer of systemd on the machine undoes it after 5 to 60 minutes, whatever happens.
   * Drills in shadow need nothing.
   * @default false; nothing that breaks a machine is deployed
   */
  readonly drills?: boolean;
  /**
   * How long the history is kept.
   * @default - one year
   */
  readonly historyRetention?: RetentionDays;
  /**
   * Whether history and incident table refuse to be deleted, by whomever, until this is turned off. Leave it off until a first
   * deployment has succeeded: while it is on, a first deployment that fails cannot take them back.
   * @default false; a deleted stack leaves both behind in any case
   */
  readonly deletionProtection?: boolean;
  /**
   * Turns on "resource tags on telemetry". No symptom needs it; it is for alarms of your own, given to `heal`, whose queries use tags.
   * Changes the whole account in this Region: CloudWatch makes an AWS
   * Resource Explorer index and a managed view, and adds the tags of all resources to their metrics. Where the setting is
   * on already, leave this out.
   * @default - false; nothing outside of this stack is changed
   */
  readonly resourceTagsOnTelemetry?: boolean;
  /**
   * Whether the end of what scripts write on the machines, such as lines of a journal, is kept in history, attempts and messages.
   * Known forms of secrets are taken out of it in any case; `false` keeps none of it, where data of customers may stand in it. What
   * Systems Manager itself keeps for 30 days is not changed. Prevents that a history of a year holds what a journal held for a day.
   * @default true; at most 2,000 characters of each command
   */
  readonly keepOutput?: boolean;
  /**
   * Most acts of the whole pipeline in one hour, over all policies and fleets; beyond it incidents wait, then people are
   * called. Prevents a pipeline that is wrong from being wrong everywhere. From 1 to 500.
   * @default - 30
   */
  readonly actsPerHour?: number;
  /**
   * Whether ends of incidents, and the times until they were acted on and healed, are metrics by policy, for alarms of your own. Each series
   * is paid for in every hour in which it has a value, which is more than all else of an incident costs; the history, which the dashboard
   * reads, says the same. Prevents a bill for numbers that nobody looks at.
   * @default false
   */
  readonly incidentMetrics?: boolean;
  /**
   * Whether a CloudWatch dashboard is made. Beyond the three that are free in an account it costs 3 dollars a month, and each look at it
   * reads the history of the time shown ($0.005 per GB). The saved queries of Logs Insights are there in any case, and cost nothing.
   * Prevents that nobody sees what the pipeline does until it mails.
   * @default true
   */
  readonly dashboard?: boolean;
  /**
   * Whether all policies stand in nested stacks from the beginning. A pipeline that has more than one stack takes puts those that come
   * later into nested stacks by itself; with `true` no policy is ever moved because another one before it is removed. Each nested stack has
   * an event bus of its own, to which one rule forwards the events of alarms and databases ($1 for a million). A pipeline that was deployed
   * without it can take it up: its alarms are made anew under other names.
   * @default - false; policies stand in the stack of the pipeline up to 50 policies, and 420 resources in all
   */
  readonly spread?: boolean;
  /**
   * Rules that the default event bus of the account takes, where AWS has raised its quota. Each policy is a rule. Prevents a
   * deployment that fails halfway.
   * @default - 300, of Cape Town and Milan 100
   */
  readonly rulesOnBus?: number;
}

/** What `heal` needs: any alarm, any target, any ladder. */
export interface HealProps extends ModeProps {
  /** The alarm that sees the symptom; metric, composite or log alarm, of this app or imported. */
  readonly alarm: IAlarm;
  readonly target: Target;
  /** The remedies, cheapest first. */
  readonly ladder: readonly RemedyRung[];
  /**
   * The symptom in the words of a message: "queue older than five minutes".
   * @default - the alarm's name
   */
  readonly seen?: string;
  /**
   * How long the symptom must stay gone before the incident is closed as recovered. At least 2 minutes of an alarm whose metric tells
   * that the target lives. Prevents closing on a lull, or on a death.
   * @default - 3 minutes
   */
  readonly probation?: Duration;
  /** @default - the defaults of fleets; those of databases for a database */
  readonly guardrails?: GuardrailProps;
  /** @default - none */
  readonly runbook?: string;
}

export const pipelineNames: NamesOf<HealingPipelineProps> = {
  ...modeNames,
  name: true,
  notify: true,
  hub: true,
  pause: true,
  approvalLinks: true,
  drills: true,
  historyRetention: true,
  deletionProtection: true,
  resourceTagsOnTelemetry: true,
  keepOutput: true,
  actsPerHour: true,
  incidentMetrics: true,
  dashboard: true,
  spread: true,
  rulesOnBus: true,
};

/** What is on or off. */
export const switchNames = [
  'drills',
  'deletionProtection',
  'resourceTagsOnTelemetry',
  'keepOutput',
  'incidentMetrics',
  'dashboard',
  'spread',
] as const satisfies readonly (keyof HealingPipelineProps)[];

export const healNames: NamesOf<HealProps> = {
  ...modeNames,
  alarm: true,
  target: true,
  ladder: true,
  seen: true,
  probation: true,
  guardrails: true,
  runbook: true,
};
