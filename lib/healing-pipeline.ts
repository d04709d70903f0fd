import { Annotations, Stack, Token } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { nameSchema, type Policy, policySchema } from '../lambdas/core/policy.ts';
import type { WatchedCheck } from '../lambdas/core/status-check.ts';
import { registry } from '../lambdas/remediators/registry.ts';
import type { Remediator } from '../lambdas/remediators/remediator.ts';
import { AgentWatch } from './constructs/agent-watch.ts';
import { AnswerRunbook } from './constructs/answer-runbook.ts';
import { ApprovalLinks } from './constructs/approval-links.ts';
import { grantChangeConditions } from './constructs/change-condition-access.ts';
import { refuseBeyondLimits } from './constructs/deployment-limits.ts';
import { Digest } from './constructs/digest.ts';
import { DoctorAccess } from './constructs/doctor-access.ts';
import { Drills } from './constructs/drills.ts';
import { GiveBackSteps } from './constructs/give-back-steps.ts';
import type { HealingFunction } from './constructs/healing-function.ts';
import type { HealingWorkflow } from './constructs/healing-workflow.ts';
import type { History } from './constructs/history.ts';
import { HubReporter } from './constructs/hub-reporter.ts';
import type { IncidentTable } from './constructs/incident-table.ts';
import { IncidentTools, waysOf } from './constructs/incident-tools.ts';
import { type Intake, tooLong } from './constructs/intake.ts';
import { nameLogicalIds } from './constructs/logical-ids.ts';
import type { Notifications } from './constructs/notifications.ts';
import { Operators } from './constructs/operators.ts';
import { overview } from './constructs/overview.ts';
import { grantLastLook, grantRecords, type PipelineRecords, pipelineRecords } from './constructs/pipeline-records.ts';
import type { Signals } from './constructs/policy-rule.ts';
import { type PolicyPlace, PolicyStacks } from './constructs/policy-stacks.ts';
import { PublishedSelections } from './constructs/published-selections.ts';
import { RemediatorFunction } from './constructs/remediator-function.ts';
import { signalPaths } from './constructs/signal-paths.ts';
import { StatusCheckReader } from './constructs/status-check-reader.ts';
import { estimateReferences } from './constructs/target-rights.ts';
import { turnOnTelemetryTags } from './constructs/telemetry-tags.ts';
import { type WorkflowSteps, workflowSteps } from './constructs/workflow-steps.ts';
import { Database } from './database.ts';
import { checkNetwork, type DatabaseAccess } from './database-access.ts';
import { warnOfAuthority } from './database-authority.ts';
import { warnOfCapitals } from './database-identifier.ts';
import { type DeployedPolicy, type Protection, protectionOf } from './deployed-policy.ts';
import { refuseEndless } from './execution-length.ts';
import { Fleet } from './fleet.ts';
import type { GuardrailProps } from './guardrails.ts';
import { type HealingPipelineProps, type HealProps, pipelineNames, switchNames } from './healing-pipeline-props.ts';
import { knownOf } from './known-names.ts';
import { type ModeProps, toPolicyMode } from './modes.ts';
import { refuseNamesTakenTwice } from './names-taken-twice.ts';
import { OverlappingGroups, sameSelection } from './overlapping-groups.ts';
import { toPauseWatch } from './pause-watch.ts';
import { draftOf, type PolicyDraft } from './policy-draft.ts';
import { checked, PolicyError, refuseLateNumbers, refuseNoConstruct, refuseNoSwitch, refuseOther } from './policy-error.ts';
import { longestOf } from './policy-length.ts';
import { refuseUnprovable } from './proof-of-life.ts';
import { type DatabaseProtection, type FleetProtection, protectionOfDatabase, protectionOfFleet } from './protection.ts';
import { isSamePlace, type Placed, placed, refuseArnsElsewhere, refuseElsewhere, refuseOtherRegion } from './same-place.ts';
import { Target } from './target.ts';
import { refuseUnfit } from './unfit-guardrails.ts';

// Longer than 250 lines: the one class that users call, and what each of a pipeline's parts needs of the others.

export type { HealingPipelineProps, HealProps } from './healing-pipeline-props.ts';

const DEFAULT_NAME = 'healing';

/** Ids of the parts that a pipeline gets only with a policy that needs them. */
const LATER_PARTS: ReadonlySet<string> = new Set([
  ...['AgentDocument', 'AgentWatch', 'StatusChecks', 'consider-give-back'],
  ...Object.values(registry).flatMap(({ name }) => [`Remedy-${name}`, `GiveBack-${name}`]),
]);

/** Of the groups beside a policy's own that are too many, so many are named. */
const NAMED_GROUPS = 5;

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
  /** Its managed policy is for the role of the people who look it over by the command `doctor`. */
  readonly doctor: DoctorAccess;
  /** Its managed policy is for the role of the people who hold drills. */
  readonly drills: Drills;
  readonly #intake: Intake;
  readonly #stacks: PolicyStacks;
  readonly #triage: HealingFunction;
  readonly #verify: HealingFunction;
  readonly #diagnosis: WorkflowSteps['diagnosis'];
  readonly #workflow: HealingWorkflow;
  readonly #giveBack: GiveBackSteps;
  readonly #records: PipelineRecords;
  readonly #budget: Policy['guardrails']['budget'];
  readonly #modes: ModeProps;
  readonly #keepsOutput: boolean;
  #statusChecks: StatusCheckReader | undefined;
  #agents: AgentWatch | undefined;
  readonly #policies = new Set<string>();
  readonly #groups = new OverlappingGroups();
  readonly #selections: PublishedSelections;
  readonly #remediators = new Map<string, RemediatorFunction>();

  /** @throws PolicyError for a property that is not known, or a name that AWS would not allow */
  constructor(scope: Construct, id: string, given: HealingPipelineProps = {}) {
    super(scope, id);
    const props = knownOf(given, pipelineNames, id);
    // CloudFormation itself puts these in where they are needed.
    const { historyRetention, approvalLinks, ...reckoned } = props;
    refuseLateNumbers(reckoned, id);
    for (const name of switchNames) refuseNoSwitch(props[name], id, name);
    estimateReferences(this);
    this.#modes = props;
    this.#keepsOutput = props.keepOutput ?? true;
    if (Token.isUnresolved(props.name))
      throw new PolicyError(id, ['name: must be known at synth, since the names of alarms, rules and functions are made of it']);
    this.name = checked(ownName, props.name ?? DEFAULT_NAME, id, 'name');
    this.#budget = { acts: props.actsPerHour ?? DEFAULT_ACTS_PER_HOUR, per: { hours: 1 } };
    this.#records = pipelineRecords(this, this.name, props);
    ({ notifications: this.notifications, history: this.history, incidents: this.incidents } = this.#records);
    const { bus, hasIncidentTools } = this.notifications;
    const tools = bus && hasIncidentTools ? new IncidentTools(this, 'IncidentTools', this.#records, bus) : undefined;
    if (props.notify?.digest) new Digest(this, 'Digest', this.#records, props.notify.digest === true ? {} : props.notify.digest);
    if (props.resourceTagsOnTelemetry) turnOnTelemetryTags(this);
    const { triage, verify, ask, diagnosis, workflow } = workflowSteps(this, this.#records);
    [this.#triage, this.#verify, this.#diagnosis, this.#workflow] = [triage, verify, diagnosis, workflow];
    const links = props.approvalLinks && new ApprovalLinks(this, 'ApprovalLinks', this.#records, ask, props.approvalLinks);
    this.#giveBack = new GiveBackSteps(this, this.#records, workflow);
    const { hubLink: link } = this.#records;
    this.#selections = new PublishedSelections(this, 'Selections', { pipeline: this.name });
    new AnswerRunbook(this, 'AnswerRunbook', { pipeline: this.name, tableName: this.incidents.table.tableName });
    this.operators = new Operators(this, 'Operators', {
      pipeline: this.name,
      table: this.incidents.table,
      history: this.history.logGroup,
      workflow: workflow.stateMachine,
      ...(link && { hubBusArn: link.hubBusArn }),
      ways: waysOf(this.notifications, tools?.parts, links),
    });
    const { operators } = this;
    if (link) new HubReporter(this, 'HubReporter', { records: this.#records, link, workflow: workflow.stateMachine, operators });
    const { intake, sweep } = signalPaths(this, this.#records, workflow, toPauseWatch(props.pause));
    this.#intake = intake;
    this.#stacks = new PolicyStacks(this, 'Spread', {
      ...{ pipeline: this.name, spread: props.spread ?? false, deadLetters: intake.deadLetters, policies: () => this.#policies.size },
      opened: ({ busName }) => {
        for (const part of [intake, sweep, this.operators]) part.open(busName);
      },
    });
    this.doctor = new DoctorAccess(this, 'Doctor', {
      records: this.#records,
      intake,
      operators: this.operators,
      tools: tools?.parts,
      links,
    });
    this.drills = new Drills(this, 'Drills', {
      ...{ pipeline: this.name, history: this.history.logGroup, intake: intake.function, operators: this.operators },
      forReal: props.drills ?? false,
    });
    overview(this, this.#records, { workflow, intake: this.#intake, operators: this.operators, actsPerHour: this.#budget.acts, ...props });
    nameLogicalIds(this, this.name, this.#records.pauseSwitch);
    Annotations.of(this).addInfoV2('self-healing:kept', howToRetake(this.name));
    refuseBeyondLimits(this, props);
    refuseNamesTakenTwice(this, this.name);
    this.node.addValidation({
      validate: () => [...this.#protectedTwice(), ...this.notifications.unknownPolicies(this.#policies)],
    });
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
    refuseLateNumbers({ ...props }, id);
    refuseOther({ ...props }.fleet, Fleet, id, 'fleet');
    refuseElsewhere(this, id, [...props.fleet.resources, ...opinionsOf(props)]);
    const place = this.#placeOf(id);
    return protectionOf(
      this.#add(
        protectionOfFleet(this, place, this.name, () => this.#watchOfAgents(), id, props),
        place,
      ),
    );
  }

  /**
   * Protects a database against the symptoms that are named, and returns the policies with their alarms and rules.
   *
   * @throws PolicyError naming the policy, the path, the value and what is allowed
   */
  protectDatabase(id: string, props: DatabaseProtection): Protection {
    refuseLateNumbers({ ...props }, id);
    refuseOther({ ...props }.database, Database, id, 'database');
    const { resource, access } = props.database;
    refuseElsewhere(this, id, [...placed([resource]), ...opinionsOf(props)]);
    refuseOtherRegion(this, id, placed([access?.login.secret, access?.vpc]));
    warnOfCapitals(this, id, props.database.id);
    warnOfAuthority(this, id, access);
    const place = this.#placeOf(id);
    return protectionOf(this.#add(protectionOfDatabase(place, id, props), place));
  }

  /**
   * Heals the target of any alarm with any ladder, and returns the policy with its rule.
   *
   * @throws PolicyError naming the policy, the path, the value and what is allowed
   */
  heal(id: string, props: HealProps): DeployedPolicy {
    refuseLateNumbers({ ...props }, id);
    refuseNoConstruct({ ...props }.alarm, id, 'alarm');
    refuseOther(props.target, Target, id, 'target');
    refuseElsewhere(this, id, [...placed([props.alarm, props.target.resource]), ...opinionsOf(props)]);
    const { wire } = props.target;
    if (wire.kind === 'database' || wire.kind === 'database-cluster') warnOfCapitals(this, id, wire.id);
    const [deployed] = this.#add([draftOf(id, props)], this.#stacks.placeOf(id));
    if (!deployed) throw new TypeError('one draft makes one policy');
    return deployed;
  }

  /** Where a protection stands, under its id. */
  #placeOf(id: string): PolicyPlace {
    if (Token.isUnresolved(id))
      throw new PolicyError('of a protection', ['id: must be known at synth, since the names of alarms and rules are made of it']);
    checked(nameSchema, id, JSON.stringify(id), 'id');
    const place = this.#stacks.placeOf(id);
    if (place.scope.node.tryFindChild(id) || (!place.nested && LATER_PARTS.has(id)))
      throw new PolicyError(id, ['id: another protection, or a part of the pipeline, has this id: choose another one']);
    return place;
  }

  #add<Starts extends Signals>(
    drafts: readonly PolicyDraft<Starts>[],
    { nested }: PolicyPlace,
  ): readonly (DeployedPolicy & Pick<Starts, 'alarm'>)[] {
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
      const { calendars } = policy.guardrails;
      refuseArnsElsewhere(this, policy.name, { guardrails: { calendars }, ladder: rungs.map(({ params }) => params) }, 'policy');
      refuseUnprovable(policy);
      refuseUnfit(policy, actsOn);
      refuseEndless(policy);
      if (this.#policies.has(policy.name)) throw new PolicyError(policy.name, ['there is another policy of this name in the pipeline']);
      this.#policies.add(policy.name);
      this.operators.enter(policy.name, policy.mode);
      for (const { remediator } of ladder) {
        this.#remediator(remediator, policy.name, access).grantTargets(policy, access);
        this.#giveBack.admit(remediator, policy);
      }
      this.#diagnosis.admit(policy, access, this.#workflow);
      grantChangeConditions(this.#triage.rights, policy.guardrails);
      if (policy.evidence?.kind === 'database-status')
        this.#verify.allowUnscoped(['rds:DescribeDBInstances', ...(actsOn === 'database' ? [] : ['rds:DescribeDBClusters'])]);
      if (policy.guardrails.secondOpinion?.kind === 'status') this.#triage.allowUnscoped(['ec2:DescribeInstanceStatus']);
      if (policy.evidence?.kind === 'status-check')
        for (const step of [this.#triage, this.#verify]) step.allowUnscoped(['ec2:DescribeInstanceStatus']);
      if (policy.targets.kind === 'unhealthy-targets') this.#verify.allowUnscoped(['elasticloadbalancing:DescribeTargetHealth']);
      if (signals.statusCheck) this.#readStatusCheck({ policy: policy.name, ...signals.statusCheck });
      for (const each of tells) each.tell(this.notifications.topic);
      if (!this.#groups.has(policy.group)) for (const each of [this.#selections, this.doctor, this.drills]) each.add(policy.group);
      const rule = this.#intake.admit(this.#groups.add(policy), signals, nested);
      return { name: policy.name, symptom: policy.symptom, rule, ...(signals.alarm && { alarm: signals.alarm }) };
    });
  }

  #others(): readonly HealingPipeline[] {
    return this.node.root.node.findAll().filter((node): node is HealingPipeline => node instanceof HealingPipeline && node !== this);
  }

  /** What another pipeline of the app protects, too: of the two only one would act, and the other one would call people each time. */
  #protectedTwice(): readonly string[] {
    return this.#others().flatMap((other) => {
      if (!isSamePlace(Stack.of(this), Stack.of(other))) return [];
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
      environment: this.#records.environment,
      databases: this.#records.databases,
      ...(access && remediator.network === 'database' && { beside: access }),
    });
    grantRecords(this.#records, made.healing, 'step');
    grantLastLook(this.#records, made.healing);
    this.#verify.allowUnscoped(remediator.permissions.observe.filter(({ on }) => on === 'any').flatMap(({ actions }) => actions));
    this.#workflow.addRemedy(remediator.name, made.healing.function);
    this.#remediators.set(remediator.name, made);
    return made;
  }
}

/** The alarms that are asked beside the symptom's own: of all symptoms, and of each. */
function opinionsOf(props: object): readonly Placed[] {
  const guarded = [props, ...Object.values(props)] as readonly ({ readonly guardrails?: GuardrailProps } | undefined)[];
  return placed(guarded.map((each) => each?.guardrails?.secondOpinion));
}

/** Why no rule can carry a policy with the groups beside its own, which are known only when all policies are. */
function tooLongAlongside(policy: Policy): readonly string[] {
  const { alongside = [] } = policy;
  const named = alongside.map(({ group }) => (group.kind === 'single' || Token.isUnresolved(group.name) ? '' : group.name)).filter(Boolean);
  const names = named.length > 0 ? ` (${named.slice(0, NAMED_GROUPS).join(', ')}${named.length > NAMED_GROUPS ? ', …' : ''})` : '';
  return tooLong(
    longestOf(policy),
    alongside.length > 0 ? 'have fewer such groups in the pipeline, by a second one for some of them' : undefined,
  ).map((problem) => `policy ${policy.name}, with the ${alongside.length} other groups that may have its machines${names}: ${problem}`);
}

/** CloudFormation itself says only that something exists already. */
const howToRetake = (pipeline: string) =>
  `history and incidents of ${pipeline} outlive the stack: where they exist already, "cdk deploy --import-existing-resources" takes them up again`;
