import type { CalendarState } from '../change-conditions.ts';
import type { Instant } from '../duration.ts';
import type { Pause } from '../guardrails/guardrail.ts';
import type { PauseEntry } from '../pause-watch.ts';
import type { PolicyStanding } from '../policy-record.ts';
import type { PublishedSelections } from '../published-selections.ts';

export interface CommandRequest {
  readonly document: string;
  readonly instanceId: string;
  readonly parameters: Readonly<Record<string, string>>;
  /** Put into the command's comment, by which it can be found again. */
  readonly token: string;
}

/** How a command on one instance stands; `Success` means exit code 0 and nothing more. */
export interface CommandResult {
  /** `cancelled`: somebody stopped it. */
  readonly status: 'running' | 'succeeded' | 'failed' | 'timed-out' | 'cancelled';
  /** Systems Manager's finer word, e.g. `Delivery Timed Out`. */
  readonly detail: string;
  readonly exitCode?: number;
  readonly output: string;
  readonly errors: string;
}

/** What Systems Manager shows of an instance's agent. */
export interface Agent {
  /** Whether it answers, which Systems Manager believes for some minutes after its last ping; `unregistered`: the instance is not known. */
  readonly state: 'online' | 'silent' | 'unregistered';
  readonly pingedAt?: Instant;
}

export interface Commands {
  agent(instanceId: string): Promise<Agent>;
  /** Starts the command once and returns its id. Never repeated by itself, since Run Command has no idempotency token. */
  send(request: CommandRequest): Promise<string>;
  /** Sends a command that changes nothing, and waits for its end; undefined when it has not come in half a minute. */
  look(request: CommandRequest): Promise<CommandResult | undefined>;
  /** The id of the command that was sent with the token, if there is one. */
  find(token: string, instanceId: string): Promise<string | undefined>;
  /** Undefined while Systems Manager does not know the invocation yet. */
  result(commandId: string, instanceId: string): Promise<CommandResult | undefined>;
}

export interface ChangeCalendars {
  /** What the calendars say together. */
  state(names: readonly string[]): Promise<CalendarState>;
}

export interface PauseSwitch {
  /** Reads the switch itself, never a cached value. */
  read(): Promise<Pause>;
}

/** What the pause switch says, for those who tell of it. */
export interface PauseRecord {
  /** Its last value, with who set it and when; undefined where it is missing. */
  last(): Promise<PauseEntry | undefined>;
}

/** What was deployed of the policies, beside the rules that carry them. */
export interface DeployedPolicies {
  /** How a policy stands that came under this name. */
  check(name: string, policy: unknown, now: Instant): Promise<PolicyStanding>;
}

/** Which records of a policy there are at present. */
export interface PolicyRecords {
  /** None of a policy that was taken away; two, for a moment, of one that moves to another stack. */
  current(policy: string): Promise<readonly string[]>;
}

/** What the pipelines of the account and Region say that they protect. */
export interface Pipelines {
  /** `own` is the name of this one; what it says itself is among the published. At most a minute old. */
  published(): Promise<{ readonly own: string; readonly published: readonly PublishedSelections[] }>;
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
  /** `cancelled`: somebody stopped it, or said no to it. */
  readonly status: 'running' | 'succeeded' | 'failed' | 'cancelled';
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

/** The associations by which the agents of fleets are configured. */
export interface AgentAssociations {
  /** When it was last changed, how far a changed configuration goes (percent), and how many instances the last run failed on. */
  read(association: string): Promise<{ readonly updatedAt: Instant; readonly reach: number; readonly failed: number }>;
  setReach(association: string, reach: number): Promise<void>;
}
