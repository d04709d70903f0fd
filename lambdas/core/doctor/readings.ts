import type { Instant } from '../duration.ts';
import type { HubPause } from '../hub/hub-pause.ts';
import type { Group, Policy } from '../policy.ts';
import type { ProbeWay } from '../probe-fault.ts';
import type { Target } from '../target.ts';

/** The rule of a policy, as EventBridge has it. */
export interface DeployedRule {
  readonly name: string;
  readonly enabled: boolean;
  /** The policy that it carries; undefined where this version cannot read it. */
  readonly policy?: Policy;
  /** Alarms that its pattern names. */
  readonly alarms: readonly string[];
  /** ARNs of the queues for what could not be delivered. */
  readonly deadLetters: readonly string[];
}

/** An alarm, as CloudWatch has it. */
export interface DescribedAlarm {
  readonly name: string;
  readonly state: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';
  /** When it came into that state. */
  readonly since: Instant;
  /** Whether its actions are switched on. */
  readonly enabled: boolean;
  /** ARNs of what it tells. */
  readonly tells: readonly string[];
  /** Its Metrics Insights query, where it has one. */
  readonly query?: string;
  readonly description: string;
}

export interface Subscription {
  readonly topic: string;
  readonly protocol: string;
  readonly endpoint: string;
  readonly confirmed: boolean;
}

/** One instance of a fleet. */
export interface Member {
  readonly id: string;
  readonly running: boolean;
  readonly launchedAt?: Instant;
  /** ARN of its instance profile. @default - it has none */
  readonly profile?: string;
}

/** The instances that a group has now. */
export interface FoundFleet {
  readonly group: Group;
  readonly members: readonly Member[];
  /** What the group names and is not there: instances, or the Auto Scaling group. */
  readonly missing: readonly string[];
}

/** An instance as Systems Manager knows it. */
export interface ManagedInstance {
  readonly id: string;
  readonly online: boolean;
  readonly agentVersion: string;
  readonly platform: string;
}

/** Which members of a fleet send what the alarms read. */
export interface FleetSeries {
  readonly fleet: string;
  /** The value of the dimension by which the pipeline knows its own series. */
  readonly own: string;
  readonly members: readonly (Member & {
    /** Metrics that did not arrive from it lately. */
    readonly silent: readonly string[];
  })[];
}

/** What an instance profile lets its instances do. */
export interface ProfileRights {
  readonly profile: string;
  /** Name of its role. @default - it has none */
  readonly role?: string;
  /** Actions of `instanceActions` that the role does not allow. */
  readonly denied: readonly string[];
  /** Why it could not be read. @default - it was */
  readonly unread?: string;
}

export interface FoundProbe {
  readonly name: string;
  readonly way: ProbeWay;
  /** The number of the fault for which it was never well, 0 for one that was; undefined where it does not report. */
  readonly notSetUp?: number;
  /** Whether it had its answer last. @default - it says nothing yet */
  readonly answered?: boolean;
}

/** What a machine says of itself. */
export interface NodeLook {
  readonly id: string;
  /** Its clock minus that of AWS, in milliseconds. */
  readonly ahead?: number;
  /** Services by name: `active`, another word of its manager, or `missing`. */
  readonly services: Readonly<Record<string, string>>;
  /** Why nothing is known of it. @default - it answered */
  readonly unread?: string;
}

export interface FoundDatabase {
  readonly target: Extract<Target, { kind: 'database' | 'database-cluster' }>;
  /** RDS's own word. @default - there is no such database */
  readonly status?: string;
}

/** An address that EventBridge posts to. */
export interface FoundPost {
  readonly name: string;
  /** EventBridge's own word. @default - there is no such address */
  readonly state?: string;
  /** What has its credentials. @default - there is none */
  readonly connection?: { readonly name: string; readonly state: string; readonly why?: string };
}

/** The ways of notices beside mail, as far as something of AWS must be in order for them. */
export interface FoundWays {
  readonly posts: readonly FoundPost[];
  readonly chat?: { readonly topic: string; readonly confirmed: number };
  readonly opsItems?: { readonly role: string; readonly denied: readonly string[] };
  readonly undelivered?: { readonly queue: string; readonly waiting: number };
  /** Who answers by links, with the subscriptions of the topic of each. @default - nobody does */
  readonly holders?: readonly { readonly name: string; readonly subscriptions: readonly Subscription[] }[];
}

export interface Quota {
  readonly name: string;
  readonly used: number;
  readonly allowed: number;
  /** Whether AWS said it for this account; else it is what an account has by default. */
  readonly known: boolean;
  /** Where more of it is asked for. @default - nowhere */
  readonly more?: string;
}

/** What the checks are made of. Each is read once, by the calls that `readingActions` lists. */
export interface Readings {
  /** Names of the policies in the manifest. */
  readonly manifest: readonly string[];
  readonly rules: readonly DeployedRule[];
  /** The alarms of the policies, by name; one that does not exist is left out. */
  readonly alarms: readonly DescribedAlarm[];
  /** The alarms about the pipeline itself. */
  readonly watch: readonly DescribedAlarm[];
  readonly subscriptions: readonly { readonly topic: string; readonly subscriptions: readonly Subscription[] }[];
  readonly fleets: readonly FoundFleet[];
  readonly managed: readonly ManagedInstance[];
  readonly series: readonly FleetSeries[];
  readonly rights: readonly ProfileRights[];
  readonly probes: readonly FoundProbe[];
  /** Undefined where nobody asked the machines. */
  readonly nodes: readonly NodeLook[] | undefined;
  readonly databases: readonly FoundDatabase[];
  readonly quotas: readonly Quota[];
  /** The clock here minus that of AWS, in milliseconds. */
  readonly ahead: number;
  /** The newest sweep within the last hour. */
  readonly heartbeat: Instant | undefined;
  /** What the pause switch says, and since when. */
  readonly pause: { readonly value: string | undefined; readonly at?: string; readonly by?: string };
  /** What the hub's pause switch said last; undefined where there is no hub, or it was never heard. */
  readonly hubPause: HubPause | undefined;
  /** Undefined where notices go out by mail alone. */
  readonly ways: FoundWays | undefined;
  readonly deadLetters: readonly { readonly queue: string; readonly waiting: number }[];
}

export type ReadingName = keyof Readings;

const RULES = ['events:ListRules', 'events:ListTargetsByRule'];
const FLEETS = [...RULES, 'ec2:DescribeInstances', 'autoscaling:DescribeAutoScalingGroups'];

/** What each reading asks AWS for: whom AWS refuses lacks one of these. */
export const readingActions: Readonly<Record<ReadingName, readonly string[]>> = {
  manifest: ['ssm:GetParameter'],
  rules: RULES,
  alarms: [...RULES, 'cloudwatch:DescribeAlarms'],
  watch: ['cloudwatch:DescribeAlarms'],
  subscriptions: ['cloudwatch:DescribeAlarms', 'sns:ListSubscriptionsByTopic'],
  fleets: FLEETS,
  managed: [...FLEETS, 'ssm:DescribeInstanceInformation'],
  series: [...FLEETS, 'events:ListRuleNamesByTarget', 'cloudwatch:GetMetricData'],
  rights: [...FLEETS, 'iam:GetInstanceProfile', 'iam:SimulatePrincipalPolicy'],
  probes: [...RULES, 'cloudwatch:GetMetricData'],
  nodes: [...FLEETS, 'ssm:SendCommand', 'ssm:GetCommandInvocation'],
  databases: [...RULES, 'rds:DescribeDBInstances', 'rds:DescribeDBClusters'],
  quotas: ['events:ListRules', 'cloudwatch:DescribeAlarms', 'cloudwatch:GetMetricData', 'servicequotas:GetServiceQuota'],
  ahead: [],
  heartbeat: ['cloudwatch:GetMetricData'],
  pause: ['ssm:GetParameterHistory'],
  hubPause: ['dynamodb:GetItem'],
  ways: [
    ...['ssm:GetParameter', 'events:DescribeApiDestination', 'events:DescribeConnection', 'iam:SimulatePrincipalPolicy'],
    ...['sns:ListSubscriptionsByTopic', 'sqs:GetQueueUrl', 'sqs:GetQueueAttributes'],
  ],
  deadLetters: [...RULES, 'sqs:GetQueueUrl', 'sqs:GetQueueAttributes'],
};
