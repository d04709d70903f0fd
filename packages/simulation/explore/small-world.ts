import { LEFT_ALONE_FOR } from '../../../lambdas/core/broken-workflow.ts';
import { after, type Instant } from '../../../lambdas/core/duration.ts';
import { TryAgain } from '../../../lambdas/core/failure.ts';
import { parsePause, RUNNING } from '../../../lambdas/core/pause.ts';
import type { Policy } from '../../../lambdas/core/policy.ts';
import type { CommandRequest, CommandResult } from '../../../lambdas/core/ports.ts';
import { GROUP_TAG } from '../../../lambdas/core/selection.ts';
import { type StandingAlarm, sweptEvent } from '../../../lambdas/core/standing-alarm.ts';
import { sweepSource } from '../../../lambdas/core/sweep-source.ts';
import { type Target, targetKey } from '../../../lambdas/core/target.ts';
import { sweep } from '../../../lambdas/steps/sweep.ts';
import { type AllPorts, fakePorts, someOrigin, type World } from '../doubles/fake-ports.ts';
import { fakeSweep } from '../doubles/fake-sweep.ts';
import { silentMetrics } from '../doubles/silent-metrics.ts';
import { alarmEvent } from '../event-bus.ts';
import { StateMachine } from '../state-machine/state-machine.ts';
import { StatesError } from '../state-machine/states-error.ts';
import { alarmNameOf } from '../symptoms.ts';
import type { DeployedFunction, SynthesizedStack } from '../synthesized-stack.ts';
import { VirtualClock } from '../virtual-clock.ts';
import { Functions, mayAct, type Run, remedyOf } from './functions.ts';
import { Invariants, type Violation } from './invariants.ts';
import type { Touched } from './parts.ts';
import { type Actor, type Chooser, Scheduler } from './scheduler.ts';
import { type Ill, MEMBERS, policyOf, type Scene, type Situation } from './situation.ts';

/** Where the time begins: 2026-11-02T10:00:00Z. */
export const STARTS_AT = 1_793_613_600_000;

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

/** The sweep comes by itself at these minutes; at any other time it takes a preemption. */
const SWEEPS_AT = [20, 45];

/** In AWS the next one is never far. Here it comes where one is owed: a workflow has broken that the last whole one could not conclude yet. */
const NEXT_SWEEP_AFTER = 10 * MINUTE;

/** Sweeps in the end that do not help are a violation by then. */
const MOST_OWED_SWEEPS = 5;

/** Calls after which a run counts as one that never ends; an ordinary one has some hundreds. */
const MOST_POINTS = 3_000;

/** How long a pause lasts. */
const PAUSED_FOR = 10 * MINUTE;

const running: CommandResult = { status: 'running', detail: 'InProgress', output: '', errors: '' };
const succeeded: CommandResult = { status: 'succeeded', detail: 'Success', exitCode: 0, output: 'done', errors: '' };

const failed: CommandResult = { status: 'failed', detail: 'Failed', exitCode: 1, output: 'FAILED: one file is immutable', errors: '' };

interface Invoke {
  readonly FunctionName?: string;
  readonly Payload?: unknown;
}

/** A situation in which everything has happened. */
export interface Told {
  /** False when the run was ended early. */
  readonly isOver: boolean;
  readonly violations: readonly Violation[];
}

/**
 * What a situation needs of the synthesized stack, worked out once for all runs.
 *
 * @param breakPorts breaks a port on purpose, to see a promise broken
 */
export function preparedFor(situation: Situation, stack: SynthesizedStack, breakPorts: (ports: AllPorts) => AllPorts = (ports) => ports) {
  const policies = situation.ills.map((ill) => policyOf(ill, situation, stack.policies));
  return { situation, stack, policies, breakPorts };
}

export type Prepared = ReturnType<typeof preparedFor>;

/** Plays a situation once, in the order that is chosen. */
/** @param known promises that are known to be broken; where `goOn`, a run goes on over a violation */
export async function play(prepared: Prepared, choose: Chooser, known: ReadonlySet<string> = new Set(), goOn = false): Promise<Told> {
  return new SmallWorld(prepared, known).play(choose, goOn);
}

class SmallWorld {
  readonly #situation: Situation;
  readonly #stack: SynthesizedStack;
  readonly #policies: readonly Policy[];
  readonly #clock = new VirtualClock(STARTS_AT);
  readonly #world = fakePorts();
  readonly #account = this.#world.account;
  readonly #claims = this.#world.claims;
  readonly #invariants: Invariants;
  readonly #scheduler: Scheduler;
  readonly #functions: Functions;
  readonly #machine: StateMachine;
  readonly #ports: AllPorts;
  readonly #intake: DeployedFunction;
  /** By policy: since when the symptom is there, and since when it is gone. */
  readonly #present = new Map<string, Instant>();
  readonly #gone = new Map<string, Instant>();
  #callsSincePause = new Map<Run, number>();
  #sweeps = 0;
  /** When the last sweep began that has ended whole. */
  #sweptAt = 0;

  constructor({ situation, stack, policies, breakPorts }: Prepared, known: ReadonlySet<string>) {
    this.#situation = situation;
    this.#stack = stack;
    this.#policies = policies;
    const members = Array.from({ length: situation.machines ?? MEMBERS }, (_, number) => memberId(number));
    this.#invariants = new Invariants(
      policies,
      members.map((id) => targetKey({ kind: 'instance', id })),
      { known, ...situation },
    );
    this.#furnish(members);
    this.#scheduler = new Scheduler(this.#clock, () => this.#shared());
    this.#ports = breakPorts(this.#allPorts());
    this.#functions = new Functions(this.#ports, this.#clock, {
      act: (run, call, target) => this.#act(run, call, target),
      answered: (run, call, given, answer) => this.#answered(run, call, given, answer),
    });
    this.#intake = stack.intake;
    this.#machine = new StateMachine(stack.definition, this.#clock, {
      jitter: () => 1,
      call: (resource, input, { execution: { name, input: first } }) => {
        const { FunctionName = resource, Payload = input } = resource.includes(':lambda:invoke') ? (input as Invoke) : {};
        const deployed = stack.functions.get(FunctionName);
        if (!deployed) throw new Error(`there is no function ${FunctionName}`);
        const actor = this.#actorOf(name, first);
        if (this.#situation.stuck !== undefined && actor.name.startsWith(`incident ${this.#situation.stuck} `) && actor.steps > 0)
          return Promise.reject(new StatesError('Lambda.TooManyRequestsException', 'Rate Exceeded.'));
        return this.#functions.invoke(actor, deployed, Payload);
      },
    });
  }

  async play(choose: Chooser, goOn: boolean): Promise<Told> {
    for (const ill of this.#situation.ills) this.#scheduler.expect(STARTS_AT + ill.at * SECOND, world, () => this.#fallIll(ill));
    for (const minutes of SWEEPS_AT)
      this.#scheduler.expect(STARTS_AT + minutes * MINUTE, nothing, () => this.#sweep(this.#scheduler.actor('the sweep')));
    const operator = this.#scheduler.actor('the operator', () => this.#pause(operator), pause);
    const extra = this.#scheduler.actor('another sweep', () => this.#sweep(extra), sweeping);
    let isBroken = false;
    const chooser: Chooser = (point) => {
      if (point.number > MOST_POINTS) this.#invariants.endless(point.number);
      isBroken = this.#invariants.violations.length > 0 && (!goOn || point.number > MOST_POINTS);
      return isBroken ? 'stop' : choose(point);
    };
    let isOver = await this.#scheduler.run(chooser);
    for (let owed = 0; isOver && this.#isSweepOwed() && owed < MOST_OWED_SWEEPS; owed += 1) {
      this.#scheduler.expect(this.#clock.now + NEXT_SWEEP_AFTER, nothing, () => this.#sweep(this.#scheduler.actor('the sweep')));
      isOver = await this.#scheduler.run(chooser);
    }
    if (isOver) this.#invariants.inTheEnd(this.#machine.executions, this.#claims);
    return { isOver: isOver || isBroken, violations: this.#invariants.violations };
  }

  #furnish(members: readonly string[]): void {
    const [group] = this.#policies.flatMap((policy) => (policy.group.kind === 'auto-scaling-group' ? [policy.group.name] : []));
    const tag = this.#policies.flatMap((policy) => (policy.group.kind === 'tagged' ? [[policy.group.key, policy.group.value]] : []));
    const tags = { ...Object.fromEntries(tag), ...(group !== undefined && { [GROUP_TAG]: group }) };
    for (const id of members) {
      this.#account.instances.set(id, { id, state: 'running', tags, zone: ZONE });
      this.#account.agents.set(id, 'online');
    }
    if (group === undefined) return;
    this.#account.groups.set(group, {
      ...{ name: group, min: 1, max: 2 * members.length, desired: members.length, suspended: [], tags: {} },
      members: members.map((id) => ({ id, lifecycle: 'InService', healthy: true, zone: ZONE, protectedFromScaleIn: false })),
    });
  }

  #allPorts(): AllPorts {
    this.#world.account.commandsEnd.as = running;
    return {
      ...this.#world.ports,
      ...(this.#situation.takesNoCommand && {
        commands: {
          ...this.#world.ports.commands,
          send: async () => {
            throw new TryAgain('send a command: ThrottlingException', undefined);
          },
        },
      }),
      pauseSwitch: { read: async () => parsePause(this.#world.pause.text) },
      history: { write: async () => {} },
      notifier: { publish: async (compose) => this.#invariants.published(compose(someOrigin), this.#clock.now - STARTS_AT) },
      metrics: silentMetrics,
      workflow: { start: async (incidentId, input) => this.#machine.start(incidentId, input) },
    };
  }

  #actorOf(execution: string, input: unknown): Actor {
    const number = [...this.#machine.executions.keys()].indexOf(execution);
    const { incident } = input as { readonly incident: { readonly policy: string } };
    return this.#scheduler.actor(`incident ${number + 1} (${incident.policy})`);
  }

  #fallIll(ill: Ill): void {
    const { policy, target } = this.#of(ill);
    this.#present.set(symptomOf(policy, target), this.#clock.now - (ill.stoodFor ?? 0) * SECOND);
    this.#show(policy);
    if (ill === this.#situation.ills[0]) this.#situation.furnish?.(this.#scene());
    const deliver = (event: string) => this.#deliver(event, policy, alarmEvent(policy, target, alarmNameOf(policy.name), this.#clock.now));
    const event = `the event of ${policy.name} on machine ${ill.member + 1}`;
    if (ill.stoodFor === undefined) deliver(event);
    else this.#deliver(event, policy, this.#sweptEvent(this.#standing(policy, target)));
    if (ill.again !== undefined) this.#scheduler.expect(this.#clock.now + ill.again * SECOND, nothing, () => deliver(`${event}, again`));
    if (ill.lasts !== undefined) this.#scheduler.expect(this.#clock.now + ill.lasts * SECOND, world, () => this.#recover(ill));
  }

  #recover(ill: Ill): void {
    const { policy, target } = this.#of(ill);
    if (!this.#present.delete(symptomOf(policy, target))) return;
    this.#gone.set(symptomOf(policy, target), this.#clock.now);
    this.#show(policy);
  }

  /** What AWS shows of a policy's symptom. */
  #show({ name, targets }: Policy): void {
    const alarm = alarmNameOf(name);
    const reason = REASON;
    const ill = this.#situation.ills.map((one) => this.#of(one)).filter(({ policy }) => policy.name === name);
    const there = ill.flatMap((one) => {
      const since = this.#present.get(symptomOf(one.policy, one.target));
      return since === undefined ? [] : [{ ...one, since }];
    });
    if (targets.kind === 'contributor') {
      const inAlarm = there.map(({ id, target, since }) => ({
        id: targetKey(target),
        attributes: { [targets.attribute]: id },
        since,
        reason,
      }));
      this.#account.contributors.set(alarm, inAlarm);
    }
    if (targets.kind === 'unhealthy-targets')
      this.#account.unhealthy.set(
        targets.targetGroupArn,
        there.map(({ id }) => id),
      );
    this.#account.alarms.set(alarm, { state: there.length > 0 ? 'ALARM' : 'OK', reason, since: there[0]?.since ?? this.#clock.now });
  }

  #scene(): Scene {
    const { account, surroundings, claims, items, pipelines, pause: switchText } = this.#world;
    const members = [...account.instances.keys()];
    return {
      ...{ account, surroundings, claims, items, pipelines, pause: switchText, members },
      ...{ now: this.#clock.now, policies: this.#policies },
      later: (seconds, happen) => this.#scheduler.expect(this.#clock.now + seconds * SECOND, world, happen),
      failing: (call, isFailing) => {
        this.#world.disturb.before = (name) => {
          if (name === call && isFailing()) throw new TryAgain(`${call}: ThrottlingException`, undefined);
        };
      },
    };
  }

  #of(ill: Ill): { readonly policy: Policy; readonly target: Target; readonly id: string } {
    const policy = this.#policies[this.#situation.ills.indexOf(ill)] as Policy;
    const id = memberId(ill.member);
    return { policy, target: { kind: 'instance', id }, id };
  }

  #deliver(name: string, policy: Policy, event: unknown): void {
    const delivery = JSON.parse(JSON.stringify({ policy, event }));
    // Lambda brings an event again whose function failed.
    const bring = (tries: number): void =>
      void this.#functions.invoke(this.#scheduler.actor(name), this.#intake, delivery).catch(() => {
        if (tries < this.#stack.intake.retries) this.#clock.at(this.#clock.now + (tries + 1) * MINUTE, () => bring(tries + 1));
      });
    bring(0);
  }

  #sweep(actor: Actor): void {
    const { now } = this.#clock;
    const work = (ports: AllPorts) => {
      const { ports: own, record } = fakeSweep({ ports, account: this.#account } as World);
      this.#noteBroken(record);
      const rules = {
        watchedAlarms: async () => this.#policies.map(({ name }) => alarmNameOf(name)),
        tellAgain: async (standing: readonly StandingAlarm[]) => {
          for (const each of standing) {
            const policy = this.#policies.find(({ name }) => alarmNameOf(name) === each.alarmName);
            const { detailType, detail } = sweptEvent(each);
            this.#sweeps += 1;
            const event = {
              id: `swept ${this.#sweeps}`,
              source: sweepSource('healing'),
              time: new Date(this.#clock.now).toISOString(),
              detail,
            };
            if (policy) this.#deliver(`swept event ${this.#sweeps}`, policy, { ...event, 'detail-type': detailType });
          }
        },
      };
      return sweep({ ...own, rules }, now);
    };
    this.#functions.run(actor, 'sweep', 60, now, undefined, work).then(
      () => {
        this.#sweptAt = now;
      },
      // One that died leaves it owed.
      () => {},
    );
  }

  #isSweepOwed(): boolean {
    return [...this.#machine.executions.values()].some(
      ({ status, endedAt = 0 }) => status === 'FAILED' && after(endedAt, LEFT_ALONE_FOR) >= this.#sweptAt,
    );
  }

  /** What the sweep finds broken: executions that could not report their end. */
  #noteBroken({ broken, lastWords }: ReturnType<typeof fakeSweep>['record']): void {
    for (const { name, status, endedAt = STARTS_AT, input, cause = '' } of this.#machine.executions.values()) {
      if (status !== 'FAILED') continue;
      broken.push({ incidentId: name, brokenAt: endedAt, how: 'failed' });
      lastWords.set(name, { state: input, why: cause });
    }
  }

  #sweptEvent(standing: StandingAlarm): unknown {
    this.#sweeps += 1;
    const { detailType, detail } = sweptEvent(standing);
    const time = new Date(this.#clock.now).toISOString();
    return { id: `swept ${this.#sweeps}`, source: sweepSource('healing'), time, detail, 'detail-type': detailType };
  }

  /** What the sweep finds of a symptom. */
  #standing(policy: Policy, target: Target): StandingAlarm {
    const since = this.#present.get(symptomOf(policy, target)) ?? this.#clock.now;
    const alarm = { alarmName: alarmNameOf(policy.name), since, reason: REASON };
    if (policy.targets.kind !== 'contributor' || target.kind !== 'instance') return alarm;
    return { ...alarm, contributor: { id: targetKey(target), attributes: { [policy.targets.attribute]: target.id } } };
  }

  #pause(operator: Actor): void {
    operator.due.push({
      ...{ what: 'pauses', step: 'the operator', isTimed: true, mayDie: false },
      touched: pause,
      heldUntil: this.#clock.now,
      carryOut: () => {
        this.#world.pause.text = 'an operator works on it';
        this.#callsSincePause = new Map();
        operator.steps += 1;
        this.#scheduler.expect(this.#clock.now + PAUSED_FOR, pause, () => {
          this.#world.pause.text = RUNNING;
        });
      },
    });
  }

  #act(run: Run, call: string, target: string): void {
    const incident = run.state?.incident;
    const { next } = run.state ?? {};
    if (!incident || next?.do !== 'remediate') throw new Error(`${run.function} acts: ${call}`);
    if (this.#situation.takesNoCommand && call === 'commands.send') return;
    const { now } = this.#clock;
    const lease = this.#claims.leases.get(targetKey(incident.target));
    const remedy = remedyOf(run);
    this.#invariants.act({
      ...{ now, run, call, target },
      token: `${incident.id}-${next.rung}`,
      until: now + (this.#situation.takes[remedy] ?? 0) * SECOND,
      isPaused: this.#world.pause.text !== RUNNING,
      callsSincePause: this.#callsSincePause.get(run) ?? 0,
      leaseOf: lease && lease.expiresAt > now ? lease.incident : undefined,
      goneSince: this.#present.has(symptomOf(run.state.policy, incident.target))
        ? undefined
        : this.#gone.get(symptomOf(run.state.policy, incident.target)),
    });
  }

  #answered(run: Run, call: string, given: readonly unknown[], answer: unknown): void {
    // The last look is one read of the switch and one of the mode.
    if (call !== 'modes.read') this.#callsSincePause.set(run, (this.#callsSincePause.get(run) ?? 0) + 1);
    if (call === 'store.record' && answer === 'recorded') this.#invariants.attempted(run);
    if (call === 'commands.send') this.#runCommand(run, String(answer), given[0] as CommandRequest);
    if (call === 'store.close') {
      const [incident, ending] = given as Parameters<AllPorts['store']['close']>;
      this.#invariants.closed(incident, ending, this.#present.has(`${incident.policy} ${targetKey(incident.target)}`));
    }
  }

  #runCommand(run: Run, id: string, request: CommandRequest): void {
    const remedy = remedyOf(run);
    const policy = run.state?.policy.name;
    this.#scheduler.expect(this.#clock.now + (this.#situation.takes[remedy] ?? 0) * SECOND, world, () => {
      this.#account.commands.set(id, { request, result: this.#situation.commandsEnd === 'failed' ? failed : succeeded });
      for (const ill of this.#situation.ills)
        if (ill.policy === policy && ill.curedBy === remedy && memberId(ill.member) === request.instanceId) this.#recover(ill);
    });
  }

  /** Everything that the rest of the run depends on beside the actors' own, as text. */
  #shared(): string {
    const { commands, contributors, alarms, unhealthy } = this.#account;
    const tables = [this.#claims, this.#world.items, this.#world.stormTable, this.#world.approvals].map((table) =>
      Object.values(table).map(plain),
    );
    return JSON.stringify([
      ...[tables, [...commands], [...contributors], [...alarms], [...unhealthy], this.#world.pause.text],
      [...this.#callsSincePause]
        .filter(([run]) => mayAct(run))
        .map(([{ actor, isOver }, calls]) => [actor.name, !isOver && Math.min(calls, 1)]),
      [...this.#machine.executions].map(([name, { status }]) => [name, status]),
      this.#isSweepOwed(),
      this.#invariants.text(this.#clock.now),
    ]);
  }
}

const nothing: Touched = { reads: [], writes: [] };
const world: Touched = { reads: [], writes: ['account'] };
const pause: Touched = { reads: [], writes: ['switch'] };

/** What a sweep touches by itself; what it tells the rules of comes afterwards. No workflow breaks here. */
const sweeping: Touched = { reads: ['account', 'storms', 'workflows'], writes: ['workflows'] };

const ZONE = 'eu-west-1a';

const REASON = 'Threshold Crossed';

function symptomOf({ name }: Policy, target: Target): string {
  return `${name} ${targetKey(target)}`;
}

function memberId(number: number): string {
  return `i-${(number + 1).toString(16).padStart(17, '0')}`;
}

/** Maps and sets as lists, as deep as the items are. */
function plain(value: unknown): unknown {
  if (value instanceof Map || value instanceof Set) return [...value].map(plain);
  return Array.isArray(value) ? value.map(plain) : value;
}
