import type * as z from 'zod';
import { COMMAND_DELIVERY_SECONDS } from '../core/command-document.ts';
import { type Duration, milliseconds } from '../core/duration.ts';
import type { RemedyPorts } from '../core/ports.ts';
import type { CostClass } from '../core/remedy-cost.ts';
import type { Target, TargetKind } from '../core/target.ts';
import type { Progress } from '../core/verification.ts';

/** IAM actions and what they may be used on; the infrastructure turns it into the narrowest statement that AWS allows. */
export type Permission = ScopedPermission | NamedPermission;

interface ScopedPermission {
  readonly actions: readonly string[];
  /**
   * `targets`: the targets of the policies that use the remedy, by name or tag. `document`: the remedy's own Command
   * document. `any`: actions for which AWS knows no resource. `login`: the secret with the login of the targets' databases;
   * where they are entered by IAM, the right to do so takes its place.
   */
  readonly on: 'targets' | 'document' | 'any' | 'login';
  /** Whether a rung with these parameters needs the actions. Only for those on `targets`. @default - every rung does */
  when?(params: never): boolean;
  /** The kind of target that the actions are for, of a remedy that acts on several in different ways. @default - all of them */
  readonly kind?: TargetKind;
}

/** Actions on what the remedy's parameters name. */
interface NamedPermission {
  readonly actions: readonly string[];
  readonly on: 'named';
  /** ARNs; `{partition}`, `{region}` and `{account}` stand for those of the stack. Where there are none, nothing is allowed. */
  resources(params: never): readonly string[];
  /** The tag that such a resource must carry, where its name is not known beforehand. */
  tag?(params: never): { readonly key: string; readonly value: string };
  /** Why a wildcard in the ARNs is as narrow as AWS allows. Needed where they have one and no tag bounds it. */
  readonly reason?: string;
  /** A further condition of IAM: operator, key, value. */
  readonly condition?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** A parameter of a Command document. Its value reaches the script only as the environment variable `SSM_<name>`. */
export interface DocumentParameter {
  readonly description: string;
  /** Checked by Systems Manager and by the agent before the script runs. */
  readonly allowedPattern: string;
  readonly default?: string;
}

/** The Systems Manager Command document of a remedy; its script is `lib/documents/<name>.sh`, on Windows `<name>.ps1`. */
export interface CommandDocument {
  readonly description: string;
  readonly parameters: Readonly<Record<string, DocumentParameter>>;
  /** The agent ends the script after this time. */
  readonly timeoutSeconds: number;
  /**
   * A command may bring a time of its own, as the parameter `TimeLimitSeconds`. It is for the agent, and the script does not see it.
   * @default - every command has the document's time
   */
  readonly bringsTimeLimit?: true;
}

/** The parameter of a document by which a command brings its own time limit. */
export const TIME_LIMIT_PARAMETER = 'TimeLimitSeconds';

/**
 * The remedy will not act. `not-applicable`: it cannot help here, so the next rung is tried. `unsafe-to-act`: it could
 * do harm, so a person is called.
 */
export interface Refusal {
  readonly refusal: 'not-applicable' | 'unsafe-to-act';
  readonly why: string;
}

/** What a remedy's execution gets: its plan, the token that names this attempt, and the physical name of its document. */
export interface Order<Plan> {
  readonly target: Target;
  readonly plan: Plan;
  readonly token: string;
  readonly document: string;
}

/** What a remedy added is kept: `for-now`, so that it is looked at again, or `for-good`, since it is not the remedy's any more. */
export interface Keep {
  readonly keep: 'for-now' | 'for-good';
  readonly why: string;
}

/** How a remedy gives back what it added, once the symptom has been gone for a while. */
export interface GiveBackSpec<Params, Observed, Plan, Return, Ports = RemedyPorts> {
  /** What the effect takes, beside the remedy's own for observing. */
  readonly permissions: readonly Permission[];
  /** Pure: how long the symptom must have been gone; undefined when there is nothing to give back, ever. At most a day. */
  after(params: Params, plan: Plan): Duration | undefined;
  /** Pure: what to do, or why not. `later` are the plans of the same remedy on the same target since. */
  plan(plan: Plan, observed: Observed, later: readonly Plan[]): Return | Keep;
  /** Pure: what it will be, unless something has changed by then: "lower the capacity of web to 2". */
  outlook(plan: Plan): string;
  /** Pure: as a clause for people: "lower the capacity". */
  summary(giveBack: Return): string;
  /** The one effect. Called at most once for each attempt. */
  execute(order: Order<Return>, ports: Ports): Promise<void>;
  /** Pure: whether it has taken place, for a run that died before it knew. */
  isDone(giveBack: Return, observed: Observed): boolean;
}

/** The description of one cure, as its file states it. */
export interface RemediatorSpec<
  Schema extends z.ZodType,
  Observed,
  Plan,
  Receipt,
  Return = unknown,
  Main extends string = string,
  Port extends keyof RemedyPorts = keyof RemedyPorts,
> {
  /** Kebab-case; the file's name and the name in policies, metrics and the history. */
  readonly name: string;
  readonly targets: readonly TargetKind[];
  /** Whether it changes anything. */
  readonly acts: boolean;
  /** What it costs those who use the target, by which a second opinion is asked for and a dearer remedy is not taken unasked. */
  readonly cost: CostClass;
  readonly params: Schema;
  /** The parameter that a lone value stands for: `Remedy.restartService('nginx')`. @default - parameters are always named */
  readonly mainParameter?: Main;
  /** Time after the act before the first look. */
  readonly settle: Duration;
  /** Time in which the symptom must be gone after settling. */
  readonly verifyWithin: Duration;
  /**
   * Pure: the longest that the act may be under way. Until then it is in flight unless `assess` says that it ended: nothing is judged, given
   * free or followed by another act. Then the symptom decides. Prevents two acts at once, and waiting for ever on one that AWS lost sight of.
   * @default - of a remedy whose act is a command, what its document's command may take; one that changes nothing takes no time
   */
  longest?(params: z.output<Schema>): Duration;
  /**
   * Pure: what of the plan must still be so when it is planned anew on a second look, after which only the switch and the mode are
   * read before the act. For acts that AWS takes whatever has changed in between, such as an absolute number.
   * @default - there is no second look, since AWS, the database or the script on the target refuses what does not fit any more
   */
  heldTo?(plan: Plan): unknown;
  /**
   * It cures nothing alone but makes what the next rung uses: that the symptom outlasts it is not held against it.
   * @default - it is meant to cure
   */
  readonly enabling?: true;
  /**
   * Nothing takes its deed back: what grew stays grown, what was only on an ended instance is lost. No drill for real climbs it.
   * @default - what it does passes, or can be undone
   */
  readonly forGood?: true;
  /**
   * Pure: the folders of an instance in which it deletes what is old, where a drill for real may put its file.
   * @default - it deletes nothing of a folder
   */
  clears?(params: z.output<Schema>): readonly string[];
  /** Pure: the service of an instance that it starts again, so that a drill for real may stop it. @default - it starts none by name */
  restarts?(params: z.output<Schema>): string;
  readonly permissions: { readonly observe: readonly Permission[]; readonly execute: readonly Permission[] };
  /** What it reads and does anything by, each `true`. Its function is bundled with the clients of these, and with no other. */
  readonly ports: Readonly<Record<Port, true>>;
  readonly document?: CommandDocument;
  /** Where its function must stand. @default - outside of any network of the user's */
  readonly network?: 'database';
  /**
   * Reads what the plan, or with a receipt the assessment, depends on. Changes nothing. For the plan it is told the physical name of the
   * remedy's document, by which it may look on the target itself.
   */
  observe(
    target: Target,
    params: z.output<Schema>,
    ports: Pick<RemedyPorts, Port>,
    receipt?: Receipt,
    document?: string,
  ): Promise<Observed>;
  /** Pure: what to do, or why not. */
  plan(observed: Observed, params: z.output<Schema>): Plan | Refusal;
  /** Pure: the plan as a clause for people: "restart nginx". */
  summary(plan: Plan): string;
  /** The one effect. Called at most once per token. */
  execute(order: Order<Plan>, ports: Pick<RemedyPorts, Port>): Promise<Receipt>;
  /** Finds the receipt of an act whose answer was lost, where AWS keeps a trace of it. */
  recall?(order: Order<Plan>, ports: Pick<RemedyPorts, Port>): Promise<Receipt | undefined>;
  /** Pure: how far the act has come. */
  assess(plan: Plan, observed: Observed): Progress;
  /** Of a remedy whose change is not meant to last. */
  readonly giveBack?: GiveBackSpec<z.output<Schema>, Observed, Plan, Return, Pick<RemedyPorts, Port>>;
}

/** A remediator whose own types are sealed inside; parameters, plans and receipts travel as JSON. */
export type Remediator = Omit<RemediatorSpec<z.ZodType, unknown, unknown, unknown>, 'ports'> & {
  readonly ports: Readonly<Partial<Record<keyof RemedyPorts, true>>>;
};

/** A remediator of which the parameters' types are still seen, for the methods of `Remedy` that people write. */
export type Sealed<Schema extends z.ZodType, Main extends string = never> = Remediator & {
  readonly params: Schema;
  readonly mainParameter?: Main;
};

/** Names of parameters that can stand alone. */
export type ParameterOf<Schema extends z.ZodType> = keyof z.input<Schema> & string;

/** Seals a remediator. Parameters are checked by the sealed one's schema; plan and receipt only ever come from itself. */
export function defineRemediator<
  Port extends keyof RemedyPorts,
  Schema extends z.ZodType,
  Observed,
  Plan,
  Receipt,
  Return = unknown,
  Main extends ParameterOf<Schema> = never,
>(spec: RemediatorSpec<Schema, Observed, Plan, Receipt, Return, Main, Port>): Sealed<Schema, Main> {
  return spec as unknown as Sealed<Schema, Main>;
}

/** How long a function may take from the writing of an attempt to its act: its own time limit. */
const FUNCTION_SECONDS = 60;

/**
 * The longest that an act of the remedy may be under way, counted from the writing of its attempt. A command has its time to be fetched,
 * and then the time after which the agent ends its script.
 */
export function longestAct({ longest, document, acts }: Remediator, params: unknown): Duration {
  if (!acts) return { seconds: 0 };
  const command = document && { seconds: COMMAND_DELIVERY_SECONDS + document.timeoutSeconds };
  return { seconds: FUNCTION_SECONDS + milliseconds(longest?.(params) ?? command ?? { seconds: 0 }) / 1_000 };
}

export function isRefusal(answer: unknown): answer is Refusal {
  return typeof answer === 'object' && answer !== null && 'refusal' in answer;
}

export function isKept(answer: unknown): answer is Keep {
  return typeof answer === 'object' && answer !== null && 'keep' in answer;
}
