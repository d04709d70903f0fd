import { Annotations, Duration, Stack, Token } from 'aws-cdk-lib';
import type { IAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { nameSchema, type Policy, policySchema } from '../lambdas/core/policy.ts';
import type { WatchedCheck } from '../lambdas/core/status-check.ts';
import type { Remediator } from '../lambdas/remediators/remediator.ts';
import { AgentWatch } from './constructs/agent-watch.ts';
import { grantChangeConditions } from './constructs/change-condition-access.ts';
import { refuseBeyondLimits } from './constructs/deployment-limits.ts';
import { HealerWatch } from './constructs/healer-watch.ts';
import { HealingFunction } from './constructs/healing-function.ts';
import { HealingWorkflow } from './constructs/healing-workflow.ts';
import { History } from './constructs/history.ts';
import { HttpProbe } from './constructs/http-probe.ts';
import { IncidentTable, type TableWriter } from './constructs/incident-table.ts';
import { Intake, tooLong } from './constructs/intake.ts';
import { nameLogicalIds } from './constructs/logical-ids.ts';
import { Notifications, type NotificationsProps } from './constructs/notifications.ts';
import { Operators } from './constructs/operators.ts';
import { PauseSwitch } from './constructs/pause-switch.ts';
import type { Signals } from './constructs/policy-rule.ts';
import { ProviderEvents } from './constructs/provider-events.ts';
import { PublishedSelections } from './constructs/published-selections.ts';
import { RemediatorFunction } from './constructs/remediator-function.ts';
import { StatusCheckReader } from './constructs/status-check-reader.ts';
import { Sweep } from './constructs/sweep.ts';
import { turnOnTelemetryTags } from './constructs/telemetry-tags.ts';
import { checkNetwork, type DatabaseAccess } from './database-access.ts';
import { type DeployedPolicy, type Protection, protectionOf } from './deployed-policy.ts';
import { refuseEndless } from './execution-length.ts';
import { type GuardrailProps, toPolicyGuardrails } from './guardrails.ts';
import { type ModeProps, toPolicyMode } from './modes.ts';
import { OverlappingGroups, sameSelection } from './overlapping-groups.ts';
import { checked, PolicyError, refuseLateNumbers } from './policy-error.ts';
import { longestOf } from './policy-length.ts';
import { proofOf, refuseUnprovable } from './proof-of-life.ts';
import { type DatabaseProtection, type FleetProtection, type PolicyDraft, protectionOfDatabase, protectionOfFleet } from './protection.ts';
import type { RemedyRung } from './remedy.ts';
import { isSamePlace, placed, refuseElsewhere } from './same-place.ts';
import type { Target } from './target.ts';
import { toPolicyDuration } from './to-policy-duration.ts';

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

const DEFAULT_NAME = 'healing';

/** Far above what faults of single machines need, far below what a fault of the pipeline itself could do. */
const DEFAULT_ACTS_PER_HOUR = 30;

/** Leaves room in Lambda's and EventBridge's 64 characters for the names of functions and policies. */
const LONGEST_NAME = 20;

/** The names of the documents begin with the pipeline's, and Systems Manager keeps such beginnings for AWS's own. */
const ownName = nameSchema
  .max(LONGEST_NAME)
  .refine((name) => !/^(aws|amazon|amzn)/i.test(name), 'must not begin with aws, amazon or amzn, as only AWS’s documents may');

/**
 * Notices the usual failures of servers and databases, repairs them, checks the repair and writes everything down.
 *
 * ```ts
 * const healing = new HealingPipeline(this, 'Healing', { notify: { emails: ['oncall@example.com'] } });
 * healing.protectFleet('Web', { fleet: Fleet.tagged('SelfHeal', 'enabled'), service: 'nginx', serviceDown: {} });
 * ```
 */
export class HealingPipeline extends Construct {
  readonly name: string;
  /** Its topic can have further subscriptions. */
  readonly notifications: Notifications;
  readonly history: History;
  readonly incidents: IncidentTable;
  /** Its managed policy is for the role of the people who operate the pipeline. */
  readonly operators: Operators;
  readonly #intake: Intake;
  readonly #triage: HealingFunction;
  readonly #verify: HealingFunction;
  readonly #workflow: HealingWorkflow;
  readonly #environment: Readonly<Record<string, string>>;
  readonly #pauseSwitch: PauseSwitch;
  readonly #budget: Policy['guardrails']['budget'];
  readonly #modes: ModeProps;
  readonly #keepsOutput: boolean;
  #statusChecks: StatusCheckReader | undefined;
  #agents: AgentWatch | undefined;
  readonly #policies = new Set<string>();
  readonly #groups = new OverlappingGroups();
  readonly #selections: PublishedSelections;
  readonly #remediators = new Map<string, RemediatorFunction>();

  /** @throws PolicyError for a name that AWS would not allow */
  constructor(scope: Construct, id: string, props: HealingPipelineProps = {}) {
    super(scope, id);
    this.#modes = props;
    this.#keepsOutput = props.keepOutput ?? true;
    if (Token.isUnresolved(props.name))
      throw new PolicyError(id, ['name: must be known at synth, since the names of alarms, rules and functions are made of it']);
    this.name = checked(ownName, props.name ?? DEFAULT_NAME, id, 'name');
    this.#budget = { acts: props.actsPerHour ?? DEFAULT_ACTS_PER_HOUR, per: { hours: 1 } };
    this.notifications = new Notifications(this, 'Notifications', { ...props.notify, pipeline: this.name });
    const kept = { pipeline: this.name, deletionProtection: props.deletionProtection ?? false };
    this.history = new History(this, 'History', { ...kept, ...(props.historyRetention && { retention: props.historyRetention }) });
    if (props.resourceTagsOnTelemetry) turnOnTelemetryTags(this);
    this.incidents = new IncidentTable(this, 'Incidents', kept);
    this.#pauseSwitch = new PauseSwitch(this, 'PauseSwitch', { pipeline: this.name });
    this.#environment = {
      PIPELINE: this.name,
      HISTORY_LOG_GROUP: this.history.logGroup.logGroupName,
      INCIDENT_TABLE: this.incidents.table.tableName,
      PAUSE_PARAMETER: this.#pauseSwitch.parameterName,
      TOPIC_ARN: this.notifications.topic.topicArn,
    };
    this.#triage = this.#step('triage', 'Decides what happens next with an incident', 'step');
    this.#verify = this.#step('verify', 'Looks whether an attempt worked; can only read', 'step');
    const conclude = this.#step('conclude', 'Ends an incident and tells people', 'end');
    this.#triage.allowUnscoped([
      'autoscaling:DescribeAutoScalingGroups',
      'autoscaling:DescribeInstanceRefreshes',
      'cloudwatch:DescribeAlarms',
      'cloudwatch:DescribeAlarmContributors',
      'cloudwatch:GetMetricData',
      'ec2:DescribeInstances',
      'elasticloadbalancing:DescribeTargetHealth',
      'rds:DescribeDBClusters',
      'rds:DescribeDBInstances',
    ]);
    this.#pauseSwitch.grantRead(this.#triage.role);
    PublishedSelections.grantRead(this.#triage.role);
    this.#selections = new PublishedSelections(this, 'Selections', { pipeline: this.name });
    this.#verify.allowUnscoped(['cloudwatch:DescribeAlarms', 'cloudwatch:DescribeAlarmContributors', 'cloudwatch:GetMetricData']);
    this.notifications.grantPublish(conclude.role);
    const ask = this.#step('ask', 'Asks people whether a remedy may be used', 'ask');
    this.notifications.grantPublish(ask.role);
    this.#workflow = new HealingWorkflow(this, 'Workflow', {
      pipeline: this.name,
      triage: this.#triage.function,
      verify: this.#verify.function,
      conclude: conclude.function,
      ask: ask.function,
    });
    this.operators = new Operators(this, 'Operators', {
      pipeline: this.name,
      table: this.incidents.table,
      history: this.history.logGroup,
      workflow: this.#workflow.stateMachine,
    });
    this.#intake = new Intake(this, 'Intake', {
      pipeline: this.name,
      environment: this.#environment,
      workflow: this.#workflow.stateMachine,
    });
    const { deadLetters } = this.#intake;
    const providerEvents = new ProviderEvents(this, 'ProviderEvents', { pipeline: this.name, environment: this.#environment, deadLetters });
    this.#grantStep(providerEvents.healing, 'provider-events');
    this.history.grantWrite(this.#intake.healing.role);
    this.notifications.grantPublish(this.#intake.healing.role);
    this.incidents.grantUse(this.#intake.healing.role, 'intake');
    const sweep = new Sweep(this, 'Sweep', {
      pipeline: this.name,
      environment: this.#environment,
      workflow: this.#workflow.stateMachine,
    });
    this.#grantStep(sweep.healing, 'sweep');
    this.notifications.grantPublish(sweep.healing.role);
    new HealerWatch(this, 'Watch', {
      pipeline: this.name,
      topic: this.notifications.topic,
      deadLetters: this.#intake.deadLetters,
      workflow: this.#workflow.stateMachine,
      intake: this.#intake.function,
      sweep: sweep.function,
    });
    nameLogicalIds(this, this.name, this.#pauseSwitch);
    Annotations.of(this).addInfoV2('self-healing:kept', howToRetake(this.name));
    refuseBeyondLimits(this, props);
    this.node.addValidation({ validate: () => [...this.#protectedTwice()] });
    this.node.addValidation({ validate: () => this.#groups.policies.flatMap((policy) => [...tooLongAlongside(policy)]) });
    this.node.addValidation({
      validate: () => (this.#policies.size === 0 ? [`${this.node.path} protects nothing: add protectFleet, protectDatabase or heal`] : []),
    });
  }

  /**
   * Protects a fleet of EC2 instances against the symptoms that are named. Each symptom becomes one policy
   * `<id>-<symptom>` with its alarm, its rule and its ladder, which are returned.
   *
   * @throws PolicyError naming the policy, the path, the value and what is allowed
   */
  protectFleet(id: string, props: FleetProtection): Protection {
    refuseElsewhere(this, id, props.fleet.resources);
    return protectionOf(this.#add(protectionOfFleet(this, this.name, () => this.#watchOfAgents(), id, props)));
  }

  /**
   * Protects a database against the symptoms that are named, and returns the policies with their alarms and rules.
   *
   * @throws PolicyError naming the policy, the path, the value and what is allowed
   */
  protectDatabase(id: string, props: DatabaseProtection): Protection {
    refuseElsewhere(this, id, placed([props.database.resource]));
    return protectionOf(this.#add(protectionOfDatabase(this, this.name, id, props)));
  }

  /**
   * Heals the target of any alarm with any ladder, and returns the policy with its rule.
   *
   * @throws PolicyError naming the policy, the path, the value and what is allowed
   */
  heal(id: string, props: HealProps): DeployedPolicy {
    refuseElsewhere(this, id, placed([props.alarm, props.target.resource]));
    const target = props.target.wire;
    const probe = HttpProbe.of(props.alarm);
    const evidence = probe?.evidenceFor(props.alarm, target);
    const proof = proofOf(props.alarm);
    const [deployed] = this.#add([
      {
        name: id,
        symptom: id,
        seen: props.seen ?? `alarm ${props.alarm.alarmName}`,
        signals: { alarm: props.alarm },
        targets: { kind: 'fixed', target },
        group: { kind: 'single', target },
        actsOn: target.kind,
        ladder: props.ladder,
        guardrails: toPolicyGuardrails(
          target.kind === 'database' || target.kind === 'database-cluster' ? 'database' : 'fleet',
          props.guardrails,
        ),
        modes: [props],
        probation: toPolicyDuration(props.probation ?? Duration.minutes(3)),
        ...(evidence && { evidence }),
        ...(proof && { proof }),
        ...(probe && { tells: [probe] }),
        ...(props.runbook !== undefined && { runbook: props.runbook }),
      },
    ]);
    if (!deployed) throw new TypeError('one draft makes one policy');
    return deployed;
  }

  #add<Starts extends Signals>(drafts: readonly PolicyDraft<Starts>[]): readonly (DeployedPolicy & Pick<Starts, 'alarm'>)[] {
    return drafts.map(({ signals, actsOn, ladder, access, modes, tells = [], ...draft }) => {
      const rungs = ladder.map((rung, position) => rung.toRung(draft.name, position, actsOn));
      const policy: Policy = checked(
        policySchema,
        {
          ...draft,
          ...toPolicyMode(draft.name, ...modes, this.#modes),
          ladder: rungs,
          ...(this.#keepsOutput ? {} : { keepOutput: false }),
          guardrails: { ...draft.guardrails, budget: this.#budget },
        },
        draft.name,
        'policy',
      );
      refuseLateNumbers(policy, policy.name, 'policy');
      refuseUnprovable(policy);
      refuseEndless(policy);
      if (this.#policies.has(policy.name)) throw new PolicyError(policy.name, ['there is another policy of this name in the pipeline']);
      this.#policies.add(policy.name);
      this.operators.enter(policy.name, policy.mode);
      for (const { remediator } of ladder) this.#remediator(remediator, policy.name, access).grantTargets(policy, access);
      grantChangeConditions(this.#triage.role, policy.guardrails);
      if (policy.evidence?.kind === 'database-status')
        this.#verify.allowUnscoped([`rds:DescribeDB${actsOn === 'database' ? 'Instances' : 'Clusters'}`]);
      if (policy.evidence?.kind === 'status-check')
        for (const step of [this.#triage, this.#verify]) step.allowUnscoped(['ec2:DescribeInstanceStatus']);
      if (policy.targets.kind === 'unhealthy-targets') this.#verify.allowUnscoped(['elasticloadbalancing:DescribeTargetHealth']);
      if (signals.statusCheck) this.#readStatusCheck({ policy: policy.name, ...signals.statusCheck });
      for (const each of tells) each.tell(this.notifications.topic);
      if (!this.#groups.has(policy.group)) this.#selections.add(policy.group);
      const rule = this.#intake.admit(this.#groups.add(policy), signals);
      return { name: policy.name, symptom: policy.symptom, rule, ...(signals.alarm && { alarm: signals.alarm }) };
    });
  }

  /** What another pipeline of the app protects, too: of the two only one would act, and the other one would call people each time. */
  #protectedTwice(): readonly string[] {
    const others = this.node.root.node.findAll().filter((node) => node instanceof HealingPipeline && node !== this);
    return others.flatMap((other) => {
      if (!(other instanceof HealingPipeline) || !isSamePlace(Stack.of(this), Stack.of(other))) return [];
      const shared = this.#groups.groups.flatMap((one) => other.#groups.groups.flatMap((another) => sameSelection(one, another) ?? []));
      return [...new Set(shared)].map(
        (what) =>
          `${this.node.path} protects ${what}, and so does ${other.node.path}: of two pipelines only one acts; protect it by one of them`,
      );
    });
  }

  #watchOfAgents(): AgentWatch {
    this.#agents ??= new AgentWatch(this, 'AgentWatch', { pipeline: this.name, topic: this.notifications.topic });
    return this.#agents;
  }

  #readStatusCheck(check: WatchedCheck): void {
    this.#statusChecks ??= new StatusCheckReader(this, 'StatusChecks', { pipeline: this.name, topic: this.notifications.topic });
    this.#statusChecks.watch(check);
  }

  #remediator(remediator: Remediator, policy: string, access: DatabaseAccess | undefined): RemediatorFunction {
    const known = this.#remediators.get(remediator.name);
    if (remediator.network === 'database') checkNetwork(remediator.name, policy, access, known?.network);
    if (known) return known;
    const made = new RemediatorFunction(this, `Remedy-${remediator.name}`, {
      pipeline: this.name,
      remediator,
      environment: this.#environment,
      ...(access && remediator.network === 'database' && { network: access }),
    });
    this.#grantStep(made.healing, 'step');
    this.#pauseSwitch.grantRead(made.healing.role);
    this.#verify.allowUnscoped(remediator.permissions.observe.filter(({ on }) => on === 'any').flatMap(({ actions }) => actions));
    this.#workflow.addRemedy(remediator.name, made.healing.function);
    this.#remediators.set(remediator.name, made);
    return made;
  }

  #step(handler: string, description: string, writer: TableWriter): HealingFunction {
    const made = new HealingFunction(this, handler, {
      functionName: `${this.name}-${handler}`,
      description,
      handler,
      environment: this.#environment,
    });
    this.#grantStep(made, writer);
    return made;
  }

  #grantStep({ role }: HealingFunction, writer: TableWriter): void {
    this.incidents.grantUse(role, writer);
    this.history.grantWrite(role);
  }
}

/** Why no rule can carry a policy with the groups beside its own, which are known only when all policies are. */
function tooLongAlongside(policy: Policy): readonly string[] {
  return tooLong(longestOf(policy)).map(
    (problem) => `policy ${policy.name}, with the ${policy.alongside?.length} other groups that may have its machines: ${problem}`,
  );
}

/** CloudFormation itself says only that something exists already. */
const howToRetake = (pipeline: string) =>
  `history and incidents of ${pipeline} outlive the stack: where they exist already, "cdk deploy --import-existing-resources" takes them up again`;
