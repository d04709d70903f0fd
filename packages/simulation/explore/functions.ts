import { hash } from 'node:crypto';
import type { Instant } from '../../../lambdas/core/duration.ts';
import { Defect } from '../../../lambdas/core/failure.ts';
import type { Pause } from '../../../lambdas/core/guardrails/guardrail.ts';
import type { WorkflowState } from '../../../lambdas/core/workflow-state.ts';
import { actedOn } from '../aws-calls.ts';
import type { AllPorts } from '../doubles/fake-ports.ts';
import { handlerOf, REMEDIATE } from '../lambda.ts';
import type { SimulatedPorts } from '../simulated-ports.ts';
import { StatesError } from '../state-machine/states-error.ts';
import type { DeployedFunction } from '../synthesized-stack.ts';
import type { VirtualClock } from '../virtual-clock.ts';
import { both, type Part, type Touched, touchedBy } from './parts.ts';
import type { Actor } from './scheduler.ts';

/** One run of a function, or of what stands for one. */
export interface Run {
  readonly actor: Actor;
  readonly function: string;
  startedAt: Instant;
  readonly state?: WorkflowState | undefined;
  /** When the switch was read last, and what it said. */
  switchRead?: { readonly at: number; readonly isPaused: boolean } | undefined;
  isOver: boolean;
}

/** What is told of every call, around it. */
export interface Witness {
  /** Before an act reaches AWS. */
  act(run: Run, call: string, target: string): void;
  /** After any call: what it was answered. */
  answered(run: Run, call: string, given: readonly unknown[], answer: unknown): void;
}

/** The service asks for a function that cannot start for ten minutes; then there is room again, before the last repetition. */
const THROTTLED_MILLISECONDS = 600_000;

/** The workflow gives up on a function after 90 s; until shortly before that its start may be late. */
const STARTS_WITHIN_MILLISECONDS = 85_000;

/** How long before its end a function may be at a call. */
const LAST_MOMENT_MILLISECONDS = 1_000;

const SECOND = 1_000;

type Call = (...given: readonly unknown[]) => Promise<unknown>;

const never = new Promise<never>(() => {});

const start: Touched = { reads: [], writes: [] };

/** The remedy whose function it is. */
export function remedyOf(run: Run): string {
  return run.function.slice(REMEDIATE.length);
}

export function mayAct(run: Run): boolean {
  return run.function.startsWith(REMEDIATE);
}

function sees(part: Part): Touched {
  return { reads: [part], writes: [] };
}

/** Runs the deployed handlers so that every call of a port, and every start, waits for its turn. */
export class Functions {
  readonly #ports: AllPorts;
  readonly #clock: VirtualClock;
  readonly #witness: Witness;
  /** Actors whose functions find no room, until when. */
  readonly #throttled = new Map<Actor, Instant>();

  constructor(ports: AllPorts, clock: VirtualClock, witness: Witness) {
    this.#ports = ports;
    this.#clock = clock;
    this.#witness = witness;
  }

  /** Calls a function for a step of a workflow, or for a delivery. */
  invoke(actor: Actor, deployed: DeployedFunction, event: unknown): Promise<unknown> {
    if ((this.#throttled.get(actor) ?? 0) > this.#clock.now) {
      actor.timeline = hash('md5', `${actor.timeline} throttled ${this.#clock.now}`);
      return Promise.reject(new StatesError('Lambda.TooManyRequestsException', 'Rate Exceeded.'));
    }
    const state = deployed.name === 'intake' ? undefined : (event as WorkflowState);
    return this.run(actor, deployed.name, deployed.timeoutSeconds, event, state, (ports) =>
      // The sweep is no step of a workflow, and brings ports of its own.
      handlerOf(deployed, ports as SimulatedPorts, () => this.#clock.now)(event),
    );
  }

  /** Does what a function does, with ports whose calls wait for their turn. */
  run(
    actor: Actor,
    name: string,
    timeoutSeconds: number,
    input: unknown,
    state: WorkflowState | undefined,
    work: (ports: AllPorts) => Promise<unknown>,
  ): Promise<unknown> {
    const asked = hash('md5', `${name} ${JSON.stringify(input)}`);
    // What the workflow counts: how often, and how, it has failed at this.
    if (actor.failures?.of !== asked) actor.failures = { of: asked, list: '' };
    const { failures } = actor;
    const note = (what: string) => {
      actor.timeline = hash('md5', `${actor.timeline}${what}`);
    };
    actor.timeline = `asked ${asked}${failures.list} ${this.#clock.now}`;
    actor.nextStepAt = undefined;
    return new Promise((resolve, reject) => {
      const run: Run = { actor, function: name, startedAt: this.#clock.now, state, isOver: false };
      const isEnded = (timeline: string, nextStepAt?: Instant) => {
        if (run.isOver) return false;
        run.isOver = true;
        actor.due.length = 0;
        actor.steps += 1;
        actor.timeline = timeline;
        actor.nextStepAt = nextStepAt;
        return true;
      };
      const fail = (error: unknown) => {
        const how = error instanceof StatesError ? error.error : String(error);
        failures.list += `, ${how}`;
        // When it is repeated is for the workflow to say: soon.
        if (isEnded(`failed ${asked}${failures.list} ${this.#clock.now}`, this.#clock.now + 1)) reject(error);
      };
      const begin = () => {
        run.startedAt = this.#clock.now;
        note(`starts ${this.#clock.now}`);
        const endsAt = this.#clock.now + timeoutSeconds * SECOND;
        this.#clock.at(endsAt, () => fail(new StatesError('Sandbox.Timedout', `${name} timed out`)));
        const die = () => fail(new StatesError('Runtime.ExitError', `${name} died`));
        work(this.#waiting(run, endsAt, die, note)).then((answer) => {
          failures.list = '';
          const { at } = (answer ?? {}) as { readonly at?: string };
          if (isEnded(`answered ${hash('md5', JSON.stringify(answer ?? null))}`, at === undefined ? undefined : Date.parse(at)))
            resolve(answer);
        }, fail);
      };
      actor.due.push({
        what: 'starts',
        step: name,
        touched: start,
        isTimed: true,
        heldUntil: this.#clock.now + STARTS_WITHIN_MILLISECONDS,
        mayDie: true,
        carryOut: begin,
        die: () => fail(new StatesError('Runtime.ExitError', `${name} died`)),
        ...(state && {
          putOff: () => {
            this.#throttled.set(actor, this.#clock.now + THROTTLED_MILLISECONDS);
            fail(new StatesError('Lambda.TooManyRequestsException', 'Rate Exceeded.'));
          },
        }),
      });
    });
  }

  #waiting(run: Run, endsAt: Instant, die: () => void, note: (what: string) => void): AllPorts {
    const around = (name: string, call: Call, given: readonly unknown[]): Promise<unknown> => {
      if (run.isOver) return never;
      // What follows the last look at the switch is judged by when a pause was set, in a function that acts.
      const touched = run.switchRead && mayAct(run) ? both(touchedBy(name), sees('switch')) : touchedBy(name);
      const target = run.state && actedOn(name, given, run.state.incident.target);
      return new Promise((resolve, reject) => {
        run.actor.due.push({
          what: name,
          step: run.function,
          touched,
          isTimed: target !== undefined,
          heldUntil: endsAt - LAST_MOMENT_MILLISECONDS,
          mayDie: touched.writes.length > 0,
          die,
          carryOut: () => {
            if (target !== undefined) this.#witness.act(run, name, target);
            void call(...given).then(
              (answer) => {
                if (run.isOver) return;
                note(`${name} ${JSON.stringify(answer ?? null)}`);
                if (name === 'pauseSwitch.read') run.switchRead = { at: this.#clock.now, isPaused: (answer as Pause).kind === 'paused' };
                this.#witness.answered(run, name, given, answer);
                resolve(answer);
              },
              (error: unknown) => {
                note(`${name} ${String(error)}`);
                if (!run.isOver) reject(error instanceof Error ? error : new Defect(String(error), undefined));
              },
            );
          },
        });
      });
    };
    return waiting(this.#ports, around);
  }
}

/** Each port is made when it is asked for. Metrics are only written to the function's own log. */
function waiting(ports: AllPorts, around: (name: string, call: Call, given: readonly unknown[]) => Promise<unknown>): AllPorts {
  return new Proxy(ports, {
    get(all, port: keyof AllPorts) {
      if (/^(sweepM|m)etrics$/.test(port)) return all[port];
      const own: Record<string, Call> = {};
      const calls = all[port] as unknown as Readonly<Record<string, Call>> | undefined;
      for (const method in calls) own[method] = (...given) => around(`${port}.${method}`, calls[method] as Call, given);
      return own;
    },
  });
}
