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
  let count = 0;
  const around = async (port: string, name: string, call: Call, given: readonly unknown[]): Promise<unknown> => {
    const callFault = run.callFault?.call === count++ ? run.callFault : undefined;
    await pass(clock, run);
    if (clock.now >= run.endsAt && !run.isOver) run.die(TIMED_OUT);
    if (run.isOver) return never();
    if (recorder.isOut(port)) throw lost(name);
    if (recorder.isDenied(name)) throw new Defect(`${name}: AccessDeniedException`, undefined);
    const answer = callFault && !callFault.isCarriedOut ? undefined : await carryOut(name, call, given);
    return callFault ? strike(callFault, name) : answer;
  };
  return wrapped(ports, around);

  async function carryOut(name: string, call: Call, given: readonly unknown[]): Promise<unknown> {
    for (const request of awsCall(name).requests) recorder.request(request);
    const target = run.target && actedOn(name, given, run.target);
    const at: Instant = clock.now;
    if (run.target && target !== undefined) {
      const { token } = (given[0] ?? {}) as { readonly token?: string };
      recorder.act({
        at,
        call: name,
        target,
        ...(token !== undefined && { token }),
        incidentTarget: targetKey(run.target),
        by: run.invocation,
      });
    }
    const answer = await call(...given);
    if (name === 'pauseSwitch.read') run.invocation.pause = { at, isPaused: (answer as Pause).kind === 'paused' };
    if (name === 'store.record' && answer === 'recorded') run.invocation.recordedAt = at;
    return answer;
  }

  function strike({ kind, isCarriedOut }: CallFault, name: string): Promise<never> {
    run.invocation.callFault = `${kind} at ${name}${isCarriedOut ? ', which was carried out' : ''}`;
    if (kind === 'throttled') throw new TryAgain(`${name}: ThrottlingException`, undefined);
    if (kind === 'refused') throw new Defect(`${name}: AccessDeniedException`, undefined);
    if (kind === 'lost') throw lost(name);
    if (kind === 'killed') run.die('Runtime.ExitError');
    else clock.at(run.endsAt, () => run.die(TIMED_OUT));
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

/** Each port is made when it is first asked for: a run needs few of them. Metrics are only written to the function's own log. */
function wrapped(
  ports: SimulatedPorts,
  around: (port: string, name: string, call: Call, given: readonly unknown[]) => Promise<unknown>,
): SimulatedPorts {
  const made = new Map<string, Record<string, Call>>();
  return new Proxy(ports, {
    get(all, port: keyof SimulatedPorts) {
      if (LOGGED_ONLY.includes(port) || all[port] === undefined) return all[port];
      const known = made.get(port);
      if (known) return known;
      const own: Record<string, Call> = {};
      made.set(port, own);
      const calls = all[port] as unknown as Readonly<Record<string, Call>>;
      for (const method in calls) own[method] = (...given) => around(port, `${port}.${method}`, calls[method] as Call, given);
      return own;
    },
  });
}
