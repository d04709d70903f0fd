import type { VirtualClock } from '../virtual-clock.ts';
import { asText } from './as-text.ts';
import { type Definition, parseDefinition, type TaskState } from './definition.ts';
import type { Execution } from './execution.ts';
import type { Callback, Resources } from './resources.ts';
import { StatesError } from './states-error.ts';
import { Walk } from './walk.ts';

/**
 * Interprets a definition in Amazon States Language (JSONPath) on a virtual clock: any number of executions side by
 * side, with Step Functions' retries, catches, timeouts and task tokens. What it does not know it refuses to load.
 */
export class StateMachine {
  /** By name; a used name is never started again. */
  readonly executions = new Map<string, Execution>();
  readonly #definition: Definition;
  readonly #clock: VirtualClock;
  readonly #resources: Resources;
  readonly #callbacks = new Map<string, Callback>();
  /** What many inputs have alike, by its text. */
  readonly #alike = new Map<string, unknown>();
  /** The same without a text, where it is the very object that an input had before. */
  readonly #same = new WeakMap<object, unknown>();

  constructor(definition: string, clock: VirtualClock, resources: Resources) {
    this.#definition = parseDefinition(definition);
    this.#clock = clock;
    this.#resources = resources;
  }

  /** What its tasks call: functions by their ARN, however they are called. */
  get resources(): readonly string[] {
    return Object.values(this.#definition.States).flatMap((state) => (state.Type === 'Task' ? [calledBy(state)] : []));
  }

  /** `known` for a used name with another input, or whose execution is over; the same input meets the running one. */
  start(name: string, input: unknown): 'started' | 'known' {
    const known = this.executions.get(name);
    if (known) return known.status === 'RUNNING' && JSON.stringify(known.input) === JSON.stringify(input) ? 'started' : 'known';
    const execution: Execution = {
      name,
      input: this.#inputOf(input),
      startedAt: this.#clock.now,
      visits: [],
      status: 'RUNNING',
    };
    this.executions.set(name, execution);
    void this.#run(execution);
    return 'started';
  }

  /** Stops an execution, as a person can; a function that it had called runs on. False when it was over. */
  abort(name: string): boolean {
    const execution = this.executions.get(name);
    if (execution?.status !== 'RUNNING') return false;
    execution.status = 'ABORTED';
    execution.endedAt = this.#clock.now;
    return true;
  }

  /** False when no task waits for the token any more. */
  sendTaskSuccess(token: string, output: unknown): boolean {
    return this.#answer(token, (callback) => callback.resolve(output));
  }

  sendTaskFailure(token: string, error: string, cause: string): boolean {
    return this.#answer(token, (callback) => callback.reject(new StatesError(error, cause)));
  }

  #inputOf(input: unknown): unknown {
    const { alike = [] } = this.#resources;
    const shared = alike.flatMap((name) => {
      const part = (input as Readonly<Record<string, unknown>> | null)?.[name];
      return part === undefined ? [] : [[name, this.#once(part)] as const];
    });
    if (shared.length === 0) return asText(input);
    const own = Object.entries(input as object).filter(([name]) => !alike.includes(name));
    return Object.freeze({ ...(asText(Object.fromEntries(own)) as object), ...Object.fromEntries(shared) });
  }

  #once(part: unknown): unknown {
    if (typeof part !== 'object' || part === null) return part;
    const same = this.#same.get(part) ?? this.#byText(part);
    this.#same.set(part, same);
    return same;
  }

  #byText(part: object): unknown {
    const text = JSON.stringify(part);
    const known = this.#alike.get(text) ?? asText(part);
    this.#alike.set(text, known);
    return known;
  }

  #answer(token: string, how: (callback: Callback) => void): boolean {
    const callback = this.#callbacks.get(token);
    if (!callback) return false;
    this.#callbacks.delete(token);
    how(callback);
    return true;
  }

  #run(execution: Execution): Promise<void> {
    const walk = new Walk(execution, this.#definition, this.#clock, this.#resources, this.#callbacks);
    return walk.toTheEnd().then(
      (output) => this.#succeed(execution, output),
      (thrown) => this.#fail(execution, thrown, walk.isOverdue),
    );
  }

  #succeed(execution: Execution, output: unknown): void {
    if (isAborted(execution)) return;
    if (this.#resources.forgetsData) for (const visit of execution.visits) visit.input = undefined;
    else execution.output = output;
    execution.status = 'SUCCEEDED';
    execution.endedAt = this.#clock.now;
  }

  #fail(execution: Execution, thrown: unknown, isOverdue: boolean): void {
    if (!(thrown instanceof StatesError)) throw thrown;
    if (isAborted(execution)) return;
    execution.status = thrown.error === 'States.Timeout' && isOverdue ? 'TIMED_OUT' : 'FAILED';
    execution.error = thrown.error;
    execution.cause = thrown.message;
    execution.endedAt = this.#clock.now;
  }
}

function isAborted({ status }: Execution): boolean {
  return status === 'ABORTED';
}

/** The integration `lambda:invoke` names its function among its parameters. */
function calledBy({ Resource, Parameters }: TaskState): string {
  const { FunctionName } = (Parameters ?? {}) as { readonly FunctionName?: unknown };
  return typeof FunctionName === 'string' ? FunctionName : Resource;
}
