import type { Instant } from '../../lambdas/core/duration.ts';
import { Defect, TryAgain, Uncertain } from '../../lambdas/core/failure.ts';
import type { Pause } from '../../lambdas/core/guardrails/guardrail.ts';
import type { Target } from '../../lambdas/core/target.ts';
import { targetKey } from '../../lambdas/core/target.ts';
import { actedOn, awsCall } from './aws-calls.ts';
import type { CallFault } from './call-fault.ts';
import type { Act, Invocation } from './history-of-story.ts';
import type { Random } from './random.ts';
import { LOGGED_ONLY, type SimulatedPorts } from './simulated-ports.ts';
import type { VirtualClock } from './virtual-clock.ts';

/** Where the calls of all functions are written down. */
export interface Recorder {
  act(act: SeenAct): void;
  request(request: string): void;
  /** Whether a port answers nobody at present. */
  isOut(port: string): boolean;
  /** Whether IAM refuses the call, as `port.method`. */
  isDenied(name: string): boolean;
}

/** An act as far as the request itself tells of it. */
export type SeenAct = Pick<Act, 'at' | 'call' | 'target' | 'token' | 'incidentTarget' | 'by'>;

/** One run of a function, as its calls meet it. */
export interface Run {
  readonly invocation: Invocation;
  readonly target: Target | undefined;
  readonly callFault: CallFault | undefined;
  readonly random: Random;
  /** Milliseconds of a call, at most. */
  readonly latency: number;
  /** When Lambda ends the function. */
  readonly endsAt: Instant;
  /** The function has died or been ended: no call of it is carried out, or answered, any more. */
  isOver: boolean;
  die(error: string): void;
}

type Call = (...given: readonly unknown[]) => Promise<unknown>;

/** Lambda's word for a function that took too long. */
const TIMED_OUT = 'Sandbox.Timedout';

/** For calls of functions that are over. One for each: whoever waits for it is forgotten with it. */
const never = () => new Promise<never>(() => {});

/** The ports as one run of a function has them: calls take time, are written down, and one of them may go wrong. */
export function invocationPorts(ports: SimulatedPorts, run: Run, clock: VirtualClock, recorder: Recorder): SimulatedPorts {
  return new Proxy(ports, new PortsOfRun(new CallsOfRun(run, clock, recorder)));
}

/** Makes a port when it is asked for. A hundred thousand runs at once would fill the memory with ports that they do not use. */
class PortsOfRun implements ProxyHandler<SimulatedPorts> {
  readonly #calls: CallsOfRun;

  constructor(calls: CallsOfRun) {
    this.#calls = calls;
  }

  /** Metrics are only written to the function's own log. */
  get(all: SimulatedPorts, port: keyof SimulatedPorts): unknown {
    const methods = all[port];
    return methods === undefined || LOGGED_ONLY.includes(port) ? methods : new Proxy(methods, new PortOfRun(port, this.#calls));
  }
}

/** Makes a method of a port when it is asked for. */
class PortOfRun implements ProxyHandler<object> {
  readonly #port: string;
  readonly #calls: CallsOfRun;

  constructor(port: string, calls: CallsOfRun) {
    this.#port = port;
    this.#calls = calls;
  }

  get(methods: object, method: string): unknown {
    const call = (methods as Readonly<Record<string, Call>>)[method];
    return call && ((...given: readonly unknown[]) => this.#calls.around(this.#port, method, call, given));
  }
}

/** The calls of one run of a function, in the order in which it makes them. */
class CallsOfRun {
  readonly #run: Run;
  readonly #clock: VirtualClock;
  readonly #recorder: Recorder;
  #count = 0;

  constructor(run: Run, clock: VirtualClock, recorder: Recorder) {
    this.#run = run;
    this.#clock = clock;
    this.#recorder = recorder;
  }

  async around(port: string, method: string, call: Call, given: readonly unknown[]): Promise<unknown> {
    const run = this.#run;
    const callFault = run.callFault?.call === this.#count++ ? run.callFault : undefined;
    await pass(this.#clock, run);
    if (this.#clock.now >= run.endsAt && !run.isOver) run.die(TIMED_OUT);
    if (run.isOver) return never();
    const name = `${port}.${method}`;
    if (this.#recorder.isOut(port)) throw lost(name);
    if (this.#recorder.isDenied(name)) throw new Defect(`${name}: AccessDeniedException`, undefined);
    if (!callFault) return this.#carryOut(name, call, given);
    if (callFault.isCarriedOut) await this.#carryOut(name, call, given);
    return this.#strike(callFault, name);
  }

  async #carryOut(name: string, call: Call, given: readonly unknown[]): Promise<unknown> {
    const { invocation, target: own } = this.#run;
    for (const request of awsCall(name).requests) this.#recorder.request(request);
    const target = own && actedOn(name, given, own);
    const at: Instant = this.#clock.now;
    if (own && target !== undefined) {
      const { token } = (given[0] ?? {}) as { readonly token?: string };
      this.#recorder.act({
        at,
        call: name,
        target,
        ...(token !== undefined && { token }),
        incidentTarget: targetKey(own),
        by: invocation,
      });
    }
    const answer = await call(...given);
    if (name === 'pauseSwitch.read') invocation.pause = { at, isPaused: (answer as Pause).kind === 'paused' };
    if (name === 'store.record' && answer === 'recorded') invocation.recordedAt = at;
    return answer;
  }

  #strike({ kind, isCarriedOut }: CallFault, name: string): Promise<never> {
    const run = this.#run;
    run.invocation.callFault = `${kind} at ${name}${isCarriedOut ? ', which was carried out' : ''}`;
    if (kind === 'throttled') throw new TryAgain(`${name}: ThrottlingException`, undefined);
    if (kind === 'refused') throw new Defect(`${name}: AccessDeniedException`, undefined);
    if (kind === 'lost') throw lost(name);
    if (kind === 'killed') run.die('Runtime.ExitError');
    else this.#clock.at(run.endsAt, () => run.die(TIMED_OUT));
    return never();
  }
}

/** The time from one call to the next. */
function pass(clock: VirtualClock, { latency, random }: Run): Promise<void> | undefined {
  return latency > 0 ? clock.sleep(Math.ceil(random() * latency)) : undefined;
}

/** What an adapter makes of a call that nobody answered. */
function lost(name: string): Error {
  const Failure = awsCall(name).actsOn ? Uncertain : TryAgain;
  return new Failure(`${name}: no answer`, undefined);
}

/** @throws for a port's call that nobody has said yet what it is to AWS */
export function requireKnownCalls(ports: SimulatedPorts): void {
  for (const [port, methods] of Object.entries(ports))
    for (const method of LOGGED_ONLY.includes(port) ? [] : Object.keys(methods)) awsCall(`${port}.${method}`);
}
