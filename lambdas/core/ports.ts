import type { AnsweredRequest, ApprovalRequest } from './approval.ts';
import type { BrokenWorkflow, RepairNote } from './broken-workflow.ts';
import type { CalendarState, DeploymentGroup } from './change-conditions.ts';
import type { Breaker } from './circuit-breaker.ts';
import type { Lease, SlotClaim, Slots, Spending } from './claim.ts';
import type { FreeSpace } from './days-until-full.ts';
import type { Duration, Instant } from './duration.ts';
import type { GiveBack, GiveBackEnd } from './give-back.ts';
import type { Pause } from './guardrails/guardrail.ts';
import type { HistoryLine } from './history-line.ts';
import type { Attempt, AttemptResult, Incident, Opening } from './incident.ts';
import type { ModeOverride } from './mode.ts';
import type { ProofMetric } from './policy.ts';
import type { PolicyStanding } from './policy-record.ts';
import type { KeptProviderEvent, ProviderEvent } from './provider-event.ts';
import type { PublishedSelections } from './published-selections.ts';
import type { End } from './reasons.ts';
import type { Message } from './report.ts';
import type { PastIncident } from './retake.ts';
import type { Contributor } from './signal.ts';
import type { StandingAlarm } from './standing-alarm.ts';
import type { FailedCheck, ImpairedInstance, StatusCheckName, StatusCheckState } from './status-check.ts';
import type { Arrival, Sightings, Storm } from './storm.ts';
import type { Target } from './target.ts';
import type { HealthByInstance } from './target-health.ts';

/** An EC2 instance as far as healing needs it. */
export interface Instance {
  /** When it was last started. @default - not known */
  readonly launchedAt?: Instant;
  readonly id: string;
  readonly state: 'pending' | 'running' | 'stopping' | 'stopped' | 'shutting-down' | 'terminated';
  /** Its Availability Zone. */
  readonly zone?: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly type?: string;
  /** Id of the machine image that it was started from. */
  readonly image?: string;
}

export interface Instances {
  describe(ids: readonly string[]): Promise<readonly Instance[]>;
  /** The pending and running instances with the tag. */
  tagged(key: string, value: string): Promise<readonly Instance[]>;
  statusChecks(id: string): Promise<StatusChecks>;
  /** What one of its status checks says. */
  statusCheck(id: string, check: StatusCheckName): Promise<StatusCheckState>;
  /** Every instance of the account in this Region whose check fails. */
  impaired(check: StatusCheckName): Promise<readonly ImpairedInstance[]>;
  /** Asks EC2 to reboot the instance; it answers at once and does it afterwards. */
  reboot(id: string): Promise<void>;
  /** Undefined when there is no such instance. */
  hosting(id: string): Promise<Hosting | undefined>;
}

/** What the host under an instance keeps for it, and a stop would cost. */
export interface Hosting {
  /** When the instance was started last, in ISO-8601: EC2 renews it at every start, and not at a reboot. */
  readonly launchedAt: string;
  /** Whether disks of the host itself belong to it. Their data is lost at a stop. */
  readonly instanceStore: boolean;
  readonly spot: boolean;
  /** Whether it stands on a Dedicated Host, to which it comes back. */
  readonly dedicatedHost: boolean;
  /** Whether its public IPv4 address is an Elastic IP, which is `kept`. */
  readonly publicAddress: 'none' | 'kept' | 'changes';
  /** ARNs of the keys that encrypt its volumes. */
  readonly keys: readonly string[];
}

/** What EC2's status checks of the instance say together. */
export type StatusChecks = StatusCheckState;

export interface GroupMember {
  readonly id: string;
  /** Auto Scaling's own word, e.g. `InService`, `Standby`, `Terminating:Wait`. */
  readonly lifecycle: string;
  readonly healthy: boolean;
  /** Its Availability Zone. */
  readonly zone?: string;
  readonly protectedFromScaleIn: boolean;
  /** Units of capacity that it counts for in a group with weights. @default - one, as in a group without weights */
  readonly weight?: number;
}

/** `min`, `max` and `desired` are in units of capacity: instances, unless the group's instance types have weights. */
export interface AutoScalingGroup {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly desired: number;
  /** What the group counts its capacity in, where that is neither instances nor weights, e.g. `vcpu`. */
  readonly countedIn?: string;
  readonly members: readonly GroupMember[];
  /** Auto Scaling's own processes that somebody suspended, e.g. `ReplaceUnhealthy`. */
  readonly suspended: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
}

export interface AutoScalingGroups {
  describe(name: string): Promise<AutoScalingGroup | undefined>;
  setDesiredCapacity(name: string, capacity: number): Promise<void>;
  /** Sets the minimum, and with it the desired capacity where that is given, in one change. */
  setMinimum(name: string, minimum: number, capacity?: number): Promise<void>;
  /** Whether an instance refresh is under way. */
  isRefreshing(name: string): Promise<boolean>;
  /** Marks a member unhealthy, so that the group replaces it. */
  markUnhealthy(instanceId: string): Promise<void>;
}

export interface Database {
  readonly id: string;
  /** RDS's own status word, e.g. `available`, `rebooting`, `modifying`. */
  readonly status: string;
  readonly engine: string;
  readonly multiAz: boolean;
  readonly allocatedGibibytes: number;
  readonly zone?: string;
  /** The cluster that it is a member of. @default - it stands alone */
  readonly cluster?: string;
  /** Changes that wait for the maintenance window, and that any change with immediate effect would bring along, e.g. `DBInstanceClass`. */
  readonly queued?: readonly string[];
  /** Parameter groups whose static parameters wait for a reboot. */
  readonly awaitingReboot?: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
}

export interface Databases {
  describe(id: string): Promise<Database | undefined>;
  reboot(id: string, options: { readonly failOver: boolean }): Promise<void>;
  /** What was free in its storage, hour by hour over the last day; empty where CloudWatch has nothing. */
  freeStorage(id: string): Promise<readonly FreeSpace[]>;
  /** Sets the allocated storage, at once. */
  growStorage(id: string, gibibytes: number): Promise<void>;
}

export interface DatabaseCluster {
  readonly id: string;
  /** RDS's own status word, e.g. `available`, `failing-over`. */
  readonly status: string;
  readonly engine: string;
  readonly members: readonly ClusterMember[];
  readonly tags: Readonly<Record<string, string>>;
}

export interface ClusterMember {
  readonly id: string;
  /** Readers are not writers, and are what a failover can promote. */
  readonly writer: boolean;
  /** The status word of the member's own instance. */
  readonly status: string;
  /** Parameter groups, its own or the cluster's, whose static parameters wait for a reboot of it. */
  readonly awaitingReboot?: readonly string[];
}

export interface DatabaseClusters {
  describe(id: string): Promise<DatabaseCluster | undefined>;
  /** Reboots all members of a Multi-AZ DB cluster; RDS refuses it for Aurora. */
  reboot(id: string): Promise<void>;
  /** Asks RDS to promote the reader that it finds best. */
  failOver(id: string): Promise<void>;
}

/** An EBS volume as far as healing needs it. */
export interface Volume {
  readonly id: string;
  readonly gibibytes: number;
  /** EC2's own word, e.g. `in-use`, `available`. */
  readonly state: string;
  /** Ids of instances; several share a volume with Multi-Attach. */
  readonly attachedTo: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
}

/** A change of a volume's size, type or speed. While it is `optimizing`, the new size can be used already. */
export interface VolumeModification {
  readonly state: 'modifying' | 'optimizing' | 'completed' | 'failed';
  /** The size that it leads to. */
  readonly gibibytes: number;
  /** Time since it was asked for. */
  readonly ageHours: number;
}

/** Where an instance has its volumes, by the device names of EC2. */
export interface BlockDevices {
  /** The root device; it has no volume where the root is in the instance store. */
  readonly root?: string;
  readonly volumes: Readonly<Record<string, string>>;
}

export interface Volumes {
  /** Undefined when there is no such instance. */
  devices(instanceId: string): Promise<BlockDevices | undefined>;
  describe(id: string): Promise<Volume | undefined>;
  lastModification(id: string): Promise<VolumeModification | undefined>;
  /** Sets the size; it answers at once, and the volume grows afterwards. */
  grow(id: string, gibibytes: number): Promise<void>;
}

export interface CommandRequest {
  readonly document: string;
  readonly instanceId: string;
  readonly parameters: Readonly<Record<string, string>>;
  /** Put into the command's comment, by which it can be found again. */
  readonly token: string;
}

/** How a command on one instance stands; `Success` means exit code 0 and nothing more. */
export interface CommandResult {
  readonly status: 'running' | 'succeeded' | 'failed' | 'timed-out' | 'cancelled';
  /** Systems Manager's finer word, e.g. `Delivery Timed Out`. */
  readonly detail: string;
  readonly exitCode?: number;
  readonly output: string;
  readonly errors: string;
}

export interface Commands {
  /** Whether the instance's agent answers; `unregistered` when Systems Manager does not know the instance. */
  agent(instanceId: string): Promise<'online' | 'silent' | 'unregistered'>;
  /** Starts the command once and returns its id. Never repeated by itself, since Run Command has no idempotency token. */
  send(request: CommandRequest): Promise<string>;
  /** Sends a command that changes nothing, and waits for its end; undefined when it has not come in half a minute. */
  look(request: CommandRequest): Promise<CommandResult | undefined>;
  /** The id of the command that was sent with the token, if there is one. */
  find(token: string, instanceId: string): Promise<string | undefined>;
  /** Undefined while Systems Manager does not know the invocation yet. */
  result(commandId: string, instanceId: string): Promise<CommandResult | undefined>;
}

export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

/** An alarm that is in ALARM, as CloudWatch lists it. */
export interface AlarmInAlarm extends Omit<StandingAlarm, 'contributor'> {
  /** Whether it watches many time series, whose contributors are what is wrong. */
  readonly manySeries: boolean;
  /** Muted, its actions disabled, or suppressed by another alarm. */
  readonly quieted: boolean;
}

export interface Alarms {
  /** `disabled`: its actions are switched off, as people do before maintenance. It still changes its state and sends events. */
  state(alarmName: string): Promise<{ readonly state: AlarmState; readonly reason: string; readonly disabled?: true } | undefined>;
  /** The contributors that are in ALARM now. `complete` is false when CloudWatch lists no more than its first hundred. */
  contributorsInAlarm(
    alarmName: string,
  ): Promise<{ readonly contributors: readonly (Contributor & ContributorState)[]; readonly complete: boolean }>;
  /** Those of the alarms that are in ALARM now. */
  inAlarm(alarmNames: readonly string[]): Promise<readonly AlarmInAlarm[]>;
  /**
   * The beginning of the newest minute since the instant in which the metric has a datapoint with these dimensions; undefined when
   * there is none.
   */
  lastReport(proof: ProofMetric, dimensions: Readonly<Record<string, string>>, since: Instant, now: Instant): Promise<Instant | undefined>;
  /** The values of metrics by minutes since the instant, the lowest of each minute, oldest first; in the order of the metrics. */
  values(metrics: readonly MetricName[], since: Instant, now: Instant): Promise<readonly (readonly MetricValue[])[]>;
}

export interface MetricName {
  readonly namespace: string;
  readonly metric: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

export interface MetricValue {
  /** The beginning of its minute. */
  readonly at: Instant;
  readonly value: number;
}

export interface ContributorState {
  /** When it entered ALARM. */
  readonly since: Instant;
  readonly reason: string;
}

/** The rules of the pipeline's policies: the one door for signals, and the list of what is watched. */
export interface SignalRules {
  /** The names of all alarms that the pipeline's rules match. */
  watchedAlarms(): Promise<readonly string[]>;
  /** Tells the rules of alarms that are in ALARM, as CloudWatch did when they entered it. */
  tellAgain(standing: readonly StandingAlarm[]): Promise<void>;
}

/** Failed status checks, told to the rules of the pipeline's policies. */
export interface FailedCheckEvents {
  tell(failed: readonly FailedCheck[]): Promise<void>;
}

export interface LoadBalancers {
  /** What the load balancer finds of every instance that is registered in the target group. */
  targetHealth(targetGroupArn: string): Promise<HealthByInstance>;
}

export interface ChangeCalendars {
  /** What the calendars say together. */
  state(names: readonly string[]): Promise<CalendarState>;
}

export interface ProviderEvents {
  /** Keeps the event; `outdated` when newer news of it is kept already. Safe to repeat. */
  keep(event: ProviderEvent, now: Instant): Promise<'kept' | 'outdated'>;
  /** What is kept of the last days, closed ones too, with the time at which each was heard of. */
  kept(): Promise<readonly KeptProviderEvent[]>;
}

export interface Deployments {
  /** Ids of the deployments to the group that have not ended. */
  underWay(group: DeploymentGroup): Promise<readonly string[]>;
}

export interface PauseSwitch {
  /** Reads the switch itself, never a cached value. */
  read(): Promise<Pause>;
}

/**
 * What stood in the way of a claim: another incident on the target, on what contains it or on what it contains; a group without room,
 * or without enough healthy members; the budget; the breaker; or that the incident itself has ended.
 */
export type Lost = 'lease' | 'container' | 'members' | 'slot' | 'floor' | 'budget' | 'trial' | 'ended';

export type ClaimAnswer =
  | { readonly kind: 'claimed' }
  | {
      readonly kind: 'lost';
      readonly to: Lost;
      /** The key of the group in which there was no slot. */
      readonly group?: string;
    };

export interface ClaimRequest {
  readonly incident: Incident;
  readonly until: Instant;
  /** What is going to be changed. @default - nothing: the incident looks and waits */
  readonly change?: {
    /** What contains the target. @default - nothing */
    readonly container?: Target;
    /** What is taken with the lease for a rung of the ladder. @default - nothing, as for giving back after the incident's end */
    readonly act?: ActClaim;
  };
}

/** The rights that an act needs beside the lease. */
export interface ActClaim {
  /** A slot in each group that has the target. */
  readonly slots: readonly SlotClaim[];
  /** The attempt's token, paid for once. */
  readonly token: string;
  readonly budget: { readonly acts: number; readonly perMilliseconds: number };
}

export interface Claims {
  lease(target: Target): Promise<Lease | undefined>;
  slots(group: string): Promise<Slots>;
  /** The places of the members of a container that are being changed, by incident. */
  members(container: Target): Promise<Slots>;
  /** The pipeline's acts that may still count against its budget. */
  spending(): Promise<Spending>;
  breaker(policy: string): Promise<Breaker>;
  /** Changes the policy's breaker to what the pure change makes of it; answers the breaker as it then is. */
  changeBreaker(policy: string, change: (breaker: Breaker) => Breaker): Promise<Breaker>;
  /**
   * Takes all or nothing: the lease; for a change a place among the members of what contains the target, while that is not held, and
   * none of its own members is; for an act a slot in each group, budget, and the trial where the breaker is half-open. An act is
   * refused for an incident that has ended. Taking again what is held moves its end.
   */
  claim(request: ClaimRequest, now: Instant): Promise<ClaimAnswer>;
  /** Moves the end of all that the incident holds, never to an earlier time; `lost` when its lease has lapsed. Safe to repeat. */
  renew(incident: Incident, until: Instant, now: Instant): Promise<'renewed' | 'lost'>;
  /**
   * Frees all that the incident holds, and its slot in the given group. Safe to repeat. With `keptUntil` it is kept until then
   * instead, for an act that is still under way: the target stays busy for others, though the incident is over.
   */
  release(incident: Incident, group: string, now: Instant, options?: { readonly keptUntil?: Instant }): Promise<void>;
}

/** The attempts on a target and the incidents that were opened on it, each in the order of time. */
export interface TargetHistory {
  readonly attempts: readonly Attempt[];
  readonly openings: readonly Opening[];
}

/** What was deployed of the policies, beside the rules that carry them. */
export interface DeployedPolicies {
  /** How a policy stands that came under this name. */
  check(name: string, policy: unknown, now: Instant): Promise<PolicyStanding>;
}

export interface IncidentStore {
  /** Keeps the incident, and its opening in the target's history, if it is new. Answers its end if it has one already. */
  open(incident: Incident): Promise<Ending | undefined>;
  attempts(incidentId: string): Promise<readonly Attempt[]>;
  /** What happened to the target since the instant, under all policies. */
  history(target: Target, since: Instant): Promise<TargetHistory>;
  /**
   * Writes the attempt, once, and only while the incident holds the lease and has not ended, in the
   * place of a try that was not taken; with it all that the incident holds is
   * kept until the given time at least.
   */
  record(attempt: Attempt, claimUntil: Instant, now: Instant): Promise<'recorded' | 'known' | 'lease-lost'>;
  recordReceipt(attempt: Attempt, receipt: unknown): Promise<void>;
  recordResult(attempt: Attempt, result: AttemptResult, why: string, now: Instant): Promise<void>;
  /** Writes that this try of the rung was not taken, and whether it may be tried again. A later try of it that was written since stays as it is. */
  recordNotTaken(attempt: Attempt, why: string, again: boolean, now: Instant): Promise<void>;
  /** The giving back of what the incident's rung changed, if it was begun. */
  giveBack(incidentId: string, rung: number): Promise<GiveBack | undefined>;
  /** Writes that it begins, once, and only while the incident holds the lease, which is kept until the given time at least. It is no attempt on the target. */
  recordGiveBack(giveBack: GiveBack, claimUntil: Instant, now: Instant): Promise<'recorded' | 'known' | 'lease-lost'>;
  /** Takes back what was written of one that was not begun after all; a later one stays. Safe to repeat. */
  withdrawGiveBack(giveBack: GiveBack): Promise<void>;
  recordGiveBackEnd(giveBack: GiveBack, end: GiveBackEnd): Promise<void>;
  /** The incident's end, if it has one. */
  ending(incidentId: string): Promise<Ending | undefined>;
  close(incident: Incident, ending: Ending, now: Instant): Promise<void>;
  /** The policy's incidents on the target that are open or ended since the instant; of very many only the latest. */
  past(policy: string, target: Target, since: Instant): Promise<readonly PastIncident[]>;
  /** Whether it was noted that this alarm state was rejected for this reason. */
  isRejectionNoted(policy: string, rejection: string): Promise<boolean>;
  noteRejection(policy: string, rejection: string, now: Instant): Promise<void>;
  /**
   * Takes the right to tell people of a rejection, and has half a minute for it. False where it was noted, or somebody else
   * is telling it.
   */
  takeRejection(policy: string, rejection: string, now: Instant): Promise<boolean>;
}

/** What the pipelines of the account and Region say that they protect. */
export interface Pipelines {
  /** `own` is the name of this one; what it says itself is among the published. At most a minute old. */
  published(): Promise<{ readonly own: string; readonly published: readonly PublishedSelections[] }>;
}

/** The questions to people, and what they answered. */
export interface Approvals {
  /** The policy's open questions about the target, of every incident. */
  about(policy: string, target: Target): Promise<readonly AnsweredRequest[]>;
  /**
   * Keeps a question with the token by which its workflow is woken. One that is known keeps its words and times, and gets the
   * new token. Answers whether people were told of it.
   */
  ask(request: ApprovalRequest, taskToken: string): Promise<{ readonly told: boolean }>;
  recordTold(request: ApprovalRequest): Promise<void>;
  /** Takes the incident's questions from the list of open ones. */
  close(incident: Incident): Promise<void>;
}

/** Stricter modes than the policies' own, by policy. */
export interface ModeOverrides {
  read(policy: string): Promise<ModeOverride | undefined>;
  /** Sets an override. One that is there already is kept, since it tells when and why it began, unless it is less strict. */
  demote(policy: string, override: ModeOverride): Promise<void>;
}

/** What the incident table knows of one symptom in one group, by the name that `crowdOf` gives. */
export interface Storms {
  /** Notes that the symptom appeared on a member. Safe to repeat. */
  arrive(crowd: string, arrival: Arrival, now: Instant): Promise<void>;
  /** The storm and the newest arrivals since an instant, or between two. */
  sight(crowd: string, around: { readonly from: Instant; readonly to?: Instant }): Promise<Sightings>;
  /** All arrivals since the instant. */
  arrivals(crowd: string, since: Instant): Promise<readonly Arrival[]>;
  /**
   * Puts the storm in the place of the one that was seen, unless another incident did so first; answers the one that is there
   * then. With the storm it keeps what its lead's message is made from, until that went out.
   */
  put(crowd: string, storm: Storm, seen: Storm | undefined, debt?: StormDebt): Promise<Storm>;
  /** Changes the storm, if there is one, to what the pure change makes of it; answers the storm as it then is. */
  change(crowd: string, change: (storm: Storm) => Storm): Promise<Storm | undefined>;
  /** The storms that owe a message, by crowd. */
  debts(): Promise<readonly (StormDebt & { readonly crowd: string })[]>;
}

/** What a storm's message is made from: its lead's incident and policy, as the version wrote them that kept them. */
export interface StormDebt {
  readonly incident: unknown;
  readonly policy: unknown;
}

/** An incident's end, and which of its reports went out. */
export interface Ending {
  readonly end: End;
  readonly told: boolean;
  readonly written: boolean;
  /** Whether the incident changed anything, or may have. */
  readonly changed: boolean;
  /** Whether the policy's breaker has learnt from it, or there was nothing to learn. @default - it has, as of an earlier version */
  readonly taught?: boolean;
  /** When people were told, by the incident itself or by its witness. @default - not known, or not at all */
  readonly toldAt?: Instant;
}

export interface History {
  write(line: HistoryLine): Promise<void>;
}

export interface Notifier {
  publish(message: Message): Promise<void>;
}

export interface Workflow {
  /** Starts the incident's workflow under the incident's id; a used id is `known`. */
  start(incidentId: string, input: unknown): Promise<'started' | 'known'>;
}

export interface BrokenWorkflows {
  /** Those that broke since the instant. */
  since(instant: Instant): Promise<readonly BrokenWorkflow[]>;
  /** What the workflow knew last: the state that its conclusion was given, or else its input; and the cause in AWS's words. */
  lastWords(incidentId: string): Promise<{ readonly state: unknown; readonly why: string }>;
}

/** What the sweeps remember of workflows that broke, so that each is repaired once. */
export interface RepairNotes {
  /** Of those that broke since the instant, by incident. */
  since(instant: Instant): Promise<ReadonlyMap<string, RepairNote>>;
  write(broken: BrokenWorkflow, note: RepairNote): Promise<void>;
}

/** The sweep's own metrics. */
export interface SweepMetrics {
  /** A sweep came to its end; what is missing raises an alarm. */
  heartbeat(): void;
  repairs(count: number): void;
}

/** Counts and times, by policy; never by target, since each combination of dimensions is billed. */
export interface IncidentMetrics {
  outcome(policy: string, end: End): void;
  timeToFirstAction(policy: string, span: Duration): void;
  timeToRecovery(policy: string, span: Duration): void;
  /** A policy in shadow mode would have changed something now. */
  wouldAct(policy: string): void;
}

/** A session of a database that may hold up others. */
export interface DatabaseSession {
  readonly id: string;
  /** Tells the session and its transaction from a later one with the same id. */
  readonly incarnation: string;
  readonly user: string;
  /** The client's own name for itself, or its address. */
  readonly application: string;
  /** The engine's own word, e.g. `idle in transaction`. */
  readonly state: string;
  /** Begin of its transaction. */
  readonly since?: string;
  /** How long it has kept a transaction open and done nothing. */
  readonly idleSeconds?: number;
  /** How long the one has waited that has waited longest for it. */
  readonly blockingSeconds?: number;
  /** Number of sessions that wait for it. */
  readonly blocked: number;
  /** Why it must not be ended, as by the rights of its user. */
  readonly protection?: string;
  /** What a person must do, of a transaction that holds its locks without any session that could be ended. */
  readonly sessionless?: string;
  readonly query?: string;
}

export type SessionEnd = { readonly kind: 'ended' } | { readonly kind: 'gone' } | { readonly kind: 'denied'; readonly why: string };

export interface DatabaseSessions {
  /** Sessions that are idle in a transaction or that others wait for; never the reader's own, and none that waits itself. */
  stuck(databaseId: string, options: { readonly queryText: boolean }): Promise<readonly DatabaseSession[]>;
  /** Ends those of the sessions that are still the ones that were seen. One answer for each, in order. */
  end(databaseId: string, sessions: readonly Pick<DatabaseSession, 'id' | 'incarnation'>[]): Promise<readonly SessionEnd[]>;
}

export interface RunbookRequest {
  readonly document: string;
  /** The role that the runbook acts as. @default - that of the function which starts it */
  readonly assumeRole?: string;
  readonly parameters: Readonly<Record<string, readonly string[]>>;
  /** Makes a repeated start the same execution. */
  readonly token: string;
}

export interface RunbookExecution {
  readonly status: 'running' | 'succeeded' | 'failed';
  /** Systems Manager's word for it, or why it failed. */
  readonly detail: string;
}

export interface Runbooks {
  /** Whether there is an Automation document of that name that can be run. */
  isRunnable(document: string): Promise<boolean>;
  /** Starts the runbook and answers the execution's id. */
  start(request: RunbookRequest): Promise<string>;
  /** Undefined while Systems Manager does not know the execution yet. */
  execution(executionId: string): Promise<RunbookExecution | undefined>;
}

/** What remediators may read and do. */
export interface RemedyPorts {
  readonly groups: AutoScalingGroups;
  readonly databases: Databases;
  readonly clusters: DatabaseClusters;
  readonly commands: Commands;
  readonly instances: Instances;
  readonly sessions: DatabaseSessions;
  readonly runbooks: Runbooks;
  readonly volumes: Volumes;
}

/** The associations by which the agents of fleets are configured. */
export interface AgentAssociations {
  /** When it was last changed, how far a changed configuration goes (percent), and how many instances the last run failed on. */
  read(association: string): Promise<{ readonly updatedAt: Instant; readonly reach: number; readonly failed: number }>;
  setReach(association: string, reach: number): Promise<void>;
}

/** The series that agents send. */
export interface AgentSeries {
  /** The instances from which a metric with exactly these dimensions arrived lately. */
  reporting(
    series: { readonly metric: string; readonly names: readonly string[]; readonly fixed: Readonly<Record<string, string>> },
    now: Instant,
  ): Promise<readonly string[]>;
}

/** Tells CloudWatch on how many instances of a fleet the agent could not be configured, and how many do not send what they should. */
export interface AgentMetrics {
  publish(fleet: string, counts: { readonly failed: number; readonly silent: number }): void;
}
