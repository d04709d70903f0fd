import type { Instant } from '../../../lambdas/core/duration.ts';
import type { VirtualClock } from '../virtual-clock.ts';
import { asText } from './as-text.ts';
import { holds } from './choice-rule.ts';
import { fill, get, put } from './data-path.ts';
import type { Definition, State, TaskState } from './definition.ts';
import type { Execution } from './execution.ts';
import type { Callback, Caller, Resources } from './resources.ts';
import { Retries } from './retry.ts';
import { isMeant, StatesError } from './states-error.ts';

const TOKEN_SUFFIX = '.waitForTaskToken';

/** An execution ends at the latest then: no Standard execution is older than a year. */
const LONGEST_SECONDS = 31_536_000;

/** What a state made of the data, and which is next. */
type Step = [data: unknown, next: string | undefined];

/** One execution's way through the states. */
export class Walk {
  readonly #execution: Execution;
  readonly #definition: Definition;
  readonly #clock: VirtualClock;
  readonly #resources: Resources;
  readonly #callbacks: Map<string, Callback>;
  readonly #deadline: Instant;
  #invocations = 0;
  #retries = 0;

  constructor(execution: Execution, definition: Definition, clock: VirtualClock, resources: Resources, callbacks: Map<string, Callback>) {
    this.#execution = execution;
    this.#definition = definition;
    this.#clock = clock;
    this.#resources = resources;
    this.#callbacks = callbacks;
    this.#deadline = execution.startedAt + (definition.TimeoutSeconds ?? LONGEST_SECONDS) * 1_000;
  }

  get isOverdue(): boolean {
    return this.#clock.now >= this.#deadline;
  }

  async toTheEnd(): Promise<unknown> {
    let data = this.#execution.input;
    let name: string | undefined = this.#definition.StartAt;
    while (name !== undefined) {
      const state: State | undefined = this.#definition.States[name];
      if (!state) throw new StatesError('States.Runtime', `there is no state ${name}`);
      this.#visit(name, false, data);
      [data, name] = await this.#step(name, state, data);
    }
    return data;
  }

  #visit(state: string, retry: boolean, input?: unknown): void {
    if (this.#execution.status === 'ABORTED') throw new StatesError('States.Aborted', 'somebody stopped the execution');
    this.#execution.visits.push({ state, at: this.#clock.now, retry, input });
  }

  /** What the state made of the data, and which is next; none after the last. */
  #step(name: string, state: State, data: unknown): Step | Promise<Step> {
    switch (state.Type) {
      case 'Choice': {
        const next = state.Choices.find((rule) => holds(rule, data))?.Next ?? state.Default;
        if (next === undefined) throw new StatesError('States.NoChoiceMatched', `no rule of ${name} matches`);
        return [data, next];
      }
      case 'Wait':
        return this.#sleepUntil(this.#endOfWait(state, data)).then(() => [data, state.Next]);
      case 'Pass': {
        const result = state.Result ?? (state.Parameters === undefined ? data : fill(state.Parameters, data, this.#context(name)));
        return [put(data, state.ResultPath, result), state.Next];
      }
      case 'Task':
        return this.#task(name, state, data);
      case 'Succeed':
        return [data, undefined];
      case 'Fail':
        throw new StatesError(state.Error ?? 'States.Failed', state.Cause ?? '');
    }
  }

  #endOfWait(state: Extract<State, { Type: 'Wait' }>, data: unknown): Instant {
    const seconds = state.Seconds ?? (state.SecondsPath === undefined ? undefined : Number(get(data, state.SecondsPath)));
    if (seconds !== undefined) return this.#clock.now + seconds * 1_000;
    const timestamp = state.Timestamp ?? String(get(data, state.TimestampPath ?? ''));
    const instant = Date.parse(timestamp);
    if (Number.isNaN(instant)) throw new StatesError('States.Runtime', `${timestamp} is not a timestamp`);
    return instant;
  }

  async #sleepUntil(instant: Instant): Promise<void> {
    await this.#clock.sleepUntil(Math.min(instant, this.#deadline));
    if (this.isOverdue) throw new StatesError('States.Timeout', 'the execution took longer than it may');
  }

  async #task(name: string, state: TaskState, data: unknown): Promise<Step> {
    const retries = new Retries(state.Retry, () => this.#resources.jitter(this.#execution.name, this.#retries));
    for (;;) {
      try {
        const result = asText(await this.#try(name, state, data));
        const selected = state.ResultSelector === undefined ? result : fill(state.ResultSelector, result, this.#context(name));
        return [put(data, state.ResultPath, selected), state.Next];
      } catch (thrown) {
        if (this.isOverdue) throw new StatesError('States.Timeout', 'the execution took longer than it may');
        const error = asStatesError(thrown);
        const delay = retries.delayAfter(error.error);
        if (delay === undefined) return caught(state, data, error);
        this.#retries += 1;
        await this.#sleepUntil(this.#clock.now + delay);
        this.#visit(name, true);
      }
    }
  }

  #try(name: string, state: TaskState, data: unknown): Promise<unknown> {
    this.#invocations += 1;
    const token = `${this.#execution.name}/${this.#invocations}`;
    const input = state.Parameters === undefined ? data : fill(state.Parameters, data, this.#context(name, token));
    const caller: Caller = { execution: this.#execution, state: name, invocation: this.#invocations };
    const work = () => this.#resources.call(state.Resource, input, caller);
    if (!state.Resource.endsWith(TOKEN_SUFFIX)) return this.#withinTime(state, data, work());
    return this.#withinTime(state, data, this.#callbackAfter(token, work)).finally(() => this.#callbacks.delete(token));
  }

  /** The call only tells somebody the token; the answer comes by it. */
  async #callbackAfter(token: string, work: () => Promise<unknown>): Promise<unknown> {
    const answer = new Promise<unknown>((resolve, reject) => this.#callbacks.set(token, { resolve, reject }));
    return Promise.race([answer, work().then(() => answer)]);
  }

  #withinTime(state: TaskState, data: unknown, answer: Promise<unknown>): Promise<unknown> {
    const seconds = state.TimeoutSecondsPath === undefined ? state.TimeoutSeconds : Number(get(data, state.TimeoutSecondsPath));
    const until = Math.min(this.#deadline, seconds === undefined ? this.#deadline : this.#clock.now + seconds * 1_000);
    return new Promise((resolve, reject) => {
      const cancel = this.#clock.at(until, () => reject(new StatesError('States.Timeout', 'the task took longer than it may')));
      const first = (settle: (value: unknown) => void) => (value: unknown) => {
        cancel();
        settle(value);
      };
      answer.then(first(resolve), first(reject));
    });
  }

  #context(state: string, token?: string): unknown {
    const { name, input, startedAt } = this.#execution;
    return {
      Execution: { Id: name, Name: name, Input: input, StartTime: new Date(startedAt).toISOString() },
      State: { Name: state, EnteredTime: new Date(this.#clock.now).toISOString() },
      ...(token !== undefined && { Task: { Token: token } }),
    };
  }
}

/** Where the first catcher that means the error leads, with the error in the data. */
function caught(state: TaskState, data: unknown, error: StatesError): [unknown, string] {
  const catcher = state.Catch.find(({ ErrorEquals }) => isMeant(ErrorEquals, error.error));
  if (!catcher) throw error;
  return [put(data, catcher.ResultPath, { Error: error.error, Cause: error.message }), catcher.Next];
}

/** What a function threw, as Lambda tells Step Functions. */
function asStatesError(thrown: unknown): StatesError {
  if (thrown instanceof StatesError) return thrown;
  if (!(thrown instanceof Error)) throw new Error(`a resource rejected with ${String(thrown)}`);
  return new StatesError(thrown.name, JSON.stringify({ errorType: thrown.name, errorMessage: thrown.message }));
}
