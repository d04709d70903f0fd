import type { BrokenWorkflow, RepairNote } from '../../lambdas/core/broken-workflow.ts';
import type { Lease, Slots } from '../../lambdas/core/claim.ts';
import type { Instant } from '../../lambdas/core/duration.ts';
import type { HistoryLine } from '../../lambdas/core/history-line.ts';
import type { Notice } from '../../lambdas/core/notice/notice.ts';
import { parsePause, RUNNING } from '../../lambdas/core/pause.ts';
import { groupKey, type Policy } from '../../lambdas/core/policy.ts';
import { targetKey } from '../../lambdas/core/target.ts';
import { answerTo, emptyApprovalTable, fakeApprovals, fakeModes } from './doubles/fake-approvals.ts';
import { emptyAccount, fakeClusters, fakeDatabases, fakeGroups, fakeInstances, fakeSessions, fakeVolumes } from './doubles/fake-aws.ts';
import { emptySurroundings, fakeDeployments, fakeProviderEvents } from './doubles/fake-change-conditions.ts';
import { emptyClaimTable, fakeClaims } from './doubles/fake-claims.ts';
import { fakePipelines } from './doubles/fake-pipelines.ts';
import { FIRST_RECORD, someOrigin } from './doubles/fake-ports.ts';
import { emptyIncidentItems, fakeStore } from './doubles/fake-store.ts';
import { emptyStormItems, fakeStorms } from './doubles/fake-storms.ts';
import { silentMetrics } from './doubles/silent-metrics.ts';
import { alarmEvent, EventBus, sweptEventOf, wholeAlarmEvent } from './event-bus.ts';
import type { Act, Invocation, SaidAnswer, StoryHistory, TaughtBreaker, WrittenResult } from './history-of-story.ts';
import type { SeenAct } from './invocation-ports.ts';
import { type BreakPorts, Lambda } from './lambda.ts';
import { LivingAccount } from './living-account.ts';
import { randomFor } from './random.ts';
import { RecordedMap } from './recorded-map.ts';
import type { SimulatedPorts } from './simulated-ports.ts';
import { inputOf } from './state-machine/execution.ts';
import { StateMachine } from './state-machine/state-machine.ts';
import type { Fault, Story, Voter } from './story.ts';
import { alarmNameOf, Symptoms } from './symptoms.ts';
import type { DeployedFunction, SynthesizedStack } from './synthesized-stack.ts';
import { VirtualClock } from './virtual-clock.ts';

/** What the integration `lambda:invoke` is given. */
interface Invoke {
  readonly FunctionName?: string;
  readonly Payload?: unknown;
}

export interface PlayOptions {
  /** Breaks a port on purpose, to see an invariant fail. @default - nothing is broken */
  readonly breakPorts?: BreakPorts;
  /** Whether people hear of incidents before their end. @default false */
  readonly onTheWay?: boolean;
  /** Whether CloudWatch tells of alarms with contributors as a whole, too, as on AWS; no incident comes of that. @default false */
  readonly wholeAlarms?: boolean;
  /** Which lines of the history log are kept. @default - all */
  readonly keepLine?: (line: HistoryLine) => boolean;
  /** Whether what went from state to state is forgotten of executions that succeeded: of ten thousands it fills the memory. @default false */
  readonly forgetsData?: boolean;
}

/** Plays a story on the deployed pipeline's own definition and handlers, until nothing is left to happen. */
export async function playStory(story: Story, stack: SynthesizedStack, options: PlayOptions = {}): Promise<StoryHistory> {
  return new Play(story, stack, options).toTheEnd();
}

class Play {
  readonly #story: Story;
  readonly #clock: VirtualClock;
  readonly #policies: ReadonlyMap<string, Policy>;
  readonly #symptoms: Symptoms;
  readonly #living: LivingAccount;
  readonly #machine: StateMachine;
  readonly #bus: EventBus;
  readonly #leases = new RecordedMap<Lease>(() => this.#clock.now);
  readonly #slots = new RecordedMap<Slots>(() => this.#clock.now);
  readonly #claims = { ...emptyClaimTable(), leases: this.#leases, slots: this.#slots };
  readonly #incidents = emptyIncidentItems();
  readonly #approvals = emptyApprovalTable();
  readonly #surroundings = emptySurroundings();
  readonly #faultsOn: ReadonlyMap<string, readonly Fault[]>;
  readonly #acts: Act[] = [];
  readonly #returns: Act[] = [];
  readonly #invocations: Invocation[] = [];
  readonly #requests = new Map<string, number>();
  readonly #lines: HistoryLine[] = [];
  readonly #notices: { at: Instant; notice: Notice }[] = [];
  readonly #pauses: { from: Instant; to: Instant }[] = [];
  readonly #notes = new Map<string, RepairNote>();
  readonly #results: WrittenResult[] = [];
  readonly #taught: TaughtBreaker[] = [];
  readonly #answers: SaidAnswer[] = [];
  readonly #lambda: Lambda;
  readonly #sweeper: DeployedFunction | undefined;
  readonly #returned = new Map<Fault, number>();
  readonly #wholeAlarms: boolean;
  #pause = RUNNING;

  constructor(
    story: Story,
    stack: SynthesizedStack,
    { breakPorts = (ports) => ports, onTheWay = false, wholeAlarms = false, keepLine = () => true, forgetsData = false }: PlayOptions,
  ) {
    this.#story = story;
    this.#wholeAlarms = wholeAlarms;
    this.#clock = new VirtualClock(story.startsAt);
    this.#policies = new Map(story.policies.map((policy) => [policy.name, policy]));
    this.#faultsOn = Map.groupBy(story.faults, ({ target }) => targetKey(target));
    this.#living = new LivingAccount(emptyAccount(), story, this.#clock);
    this.#symptoms = new Symptoms(story.policies, this.#living, () => this.#clock.now);
    this.#living.whenGone((instance) => this.#forget(instance));
    this.#sweeper = [...stack.functions.values()].find(({ name }) => name === 'sweep');
    const lambda = new Lambda({
      ports: this.#ports(keepLine),
      breakPorts,
      onTheWay,
      clock: this.#clock,
      seed: story.seed,
      hazards: story.hazards,
      recorder: {
        act: (act) => this.#act(act),
        request: (request) => void this.#requests.set(request, (this.#requests.get(request) ?? 0) + 1),
        invocation: (invocation) => void this.#invocations.push(invocation),
        isDenied: (name) => name === story.denied,
        isOut: (port) => story.outages.some(({ from, to, ports }) => ports.includes(port) && this.#isWithin(from, to)),
      },
    });
    this.#lambda = lambda;
    this.#machine = new StateMachine(stack.definition, this.#clock, {
      alike: ['policy'],
      forgetsData,
      jitter: (execution, retry) => randomFor(story.seed, `jitter ${execution} ${retry}`)(),
      call: (resource, input, { execution, invocation }) => {
        const { FunctionName = resource, Payload = input } = resource.includes(':lambda:invoke') ? (input as Invoke) : {};
        return lambda.invoke(
          lambda.requireHandler(stack.functions.get(FunctionName), resource),
          Payload,
          `${execution.name}/${invocation}`,
        );
      },
    });
    for (const resource of this.#machine.resources) lambda.requireHandler(stack.functions.get(resource), resource);
    this.#bus = new EventBus(lambda, this.#clock, stack.intake);
  }

  async toTheEnd(): Promise<StoryHistory> {
    const { faults, operators, startsAt, sweeps, forgeries = [], aborts = [] } = this.#story;
    for (const fault of faults) this.#clock.at(startsAt + fault.at, () => this.#begin(fault));
    for (const { at, pause } of operators) this.#clock.at(startsAt + at, () => this.#turnSwitch(pause));
    for (const { at, ...forged } of forgeries) this.#clock.at(startsAt + at, () => void this.#forge(forged));
    for (const { at } of aborts) this.#clock.at(startsAt + at, () => this.#abortOldest());
    for (let at = sweeps?.every ?? 0; sweeps && at <= sweeps.until; at += sweeps.every)
      this.#clock.at(startsAt + at, () => void this.#sweep());
    await this.#clock.run();
    this.#turnSwitch(RUNNING);
    return {
      policies: this.#policies,
      startedAt: startsAt,
      skew: this.#story.hazards.skew,
      endedAt: this.#clock.now,
      acts: this.#acts,
      returns: this.#returns,
      invocations: this.#invocations,
      executions: this.#machine.executions,
      deliveries: this.#bus.deliveries,
      deadLetters: this.#bus.deadLetters,
      pauses: this.#pauses,
      lines: this.#lines,
      notices: this.#notices,
      requests: this.#requests,
      groupSizes: groupSizesOf(this.#story),
      leases: this.#leases,
      slots: this.#slots,
      leaseChanges: this.#leases.changes,
      slotChanges: this.#slots.changes,
      spells: this.#symptoms.spells,
      deaths: this.#living.deaths,
      departed: this.#living.departed,
      results: this.#results,
      taught: this.#taught,
      answers: this.#answers,
      freezes: (this.#story.freezes ?? []).map(({ calendar, from, to }) => ({ calendar, from: startsAt + from, to: startsAt + to })),
      ...(sweeps && { sweptUntil: startsAt + sweeps.until }),
    };
  }

  #ports(keepLine: (line: HistoryLine) => boolean): SimulatedPorts {
    const { account } = this.#living;
    const store = fakeStore(this.#incidents, this.#claims);
    const hasEnded = (incident: string) => this.#incidents.endings.has(incident);
    const claims = fakeClaims(this.#claims, hasEnded, (policy) => this.#approvals.overrides.get(policy));
    const approvals = fakeApprovals(this.#approvals, hasEnded);
    return {
      alarms: this.#symptoms.alarms(),
      claims: {
        ...claims,
        changeBreaker: async (policy, change) => {
          const before = await claims.breaker(policy);
          const after = await claims.changeBreaker(policy, change);
          this.#taught.push({ at: this.#clock.now, policy, before, after });
          return after;
        },
      },
      clusters: fakeClusters(account),
      commands: this.#living.commands(),
      databases: this.#symptoms.describing(fakeDatabases(account)),
      groups: fakeGroups(account),
      instances: { ...fakeInstances(account), ...this.#symptoms.statusChecks(), tagged: (key, value) => this.#living.tagged(key, value) },
      loadBalancers: this.#symptoms.loadBalancers(),
      runbooks: this.#living.runbooks(),
      sessions: fakeSessions(account),
      volumes: fakeVolumes(account),
      approvals: {
        ...approvals,
        ask: async (request, taskToken) => {
          const isNew = !this.#approvals.open.has(request.id);
          const answer = await approvals.ask(request, taskToken);
          if (isNew)
            for (const voter of this.#story.voters ?? []) this.#clock.at(this.#clock.now + voter.after, () => this.#say(voter, request.id));
          return answer;
        },
      },
      modes: fakeModes(this.#approvals),
      calendars: { state: async (names) => (names.some((name) => this.#isFrozen(name)) ? { kind: 'closed' } : { kind: 'open' }) },
      deployedPolicies: { check: async () => ({ kind: 'deployed', record: FIRST_RECORD }) },
      policyRecords: { current: async () => [FIRST_RECORD] },
      deployments: fakeDeployments(this.#surroundings),
      providerEvents: fakeProviderEvents(this.#surroundings),
      pipelines: fakePipelines([]),
      storms: fakeStorms(emptyStormItems()),
      store: {
        ...store,
        recordResult: async (attempt, result, ...more) => {
          const { incident: execution, rung, policy, target, acts } = attempt;
          const answer = await store.recordResult(attempt, result, ...more);
          if (answer === 'recorded')
            this.#results.push({ at: this.#clock.now, execution, rung, policy, target: targetKey(target), acts, result });
          return answer;
        },
      },
      broken: {
        since: async (instant) => this.#broken().filter(({ brokenAt }) => brokenAt >= instant),
        lastWords: async (incidentId) => {
          const execution = this.#machine.executions.get(incidentId);
          const why = [execution?.error, execution?.cause].filter((word) => word !== undefined).join(': ');
          return { state: execution && (inputOf(execution, 'Conclude') ?? execution.input), why };
        },
      },
      repairNotes: {
        since: async () => new Map(this.#notes),
        write: async ({ incidentId }, note) => void this.#notes.set(incidentId, note),
      },
      rules: {
        watchedAlarms: async () => this.#story.policies.map(({ name }) => alarmNameOf(name)),
        tellAgain: async (standing) => {
          for (const alarm of standing)
            for (const policy of this.#story.policies)
              if (alarmNameOf(policy.name) === alarm.alarmName)
                void this.#bus.deliver(this.#carried(policy), sweptEventOf(alarm, this.#clock.now), 0);
        },
      },
      sweepMetrics: { heartbeat: () => {}, repairs: () => {} },
      pauseSwitch: { read: async () => parsePause(this.#pause) },
      history: { write: async (line) => void (keepLine(line) && this.#lines.push(line)) },
      notifier: { publish: async (compose) => void this.#notices.push({ at: this.#clock.now, notice: compose(someOrigin) }) },
      metrics: silentMetrics,
      workflow: { start: async (incidentId, input) => this.#machine.start(incidentId, input) },
    };
  }

  #begin(fault: Fault): void {
    const policy = this.#policies.get(fault.policy);
    if (!policy) throw new Error(`the story has no policy ${fault.policy}`);
    const isThere = !this.#living.departed.some(({ target }) => target === targetKey(fault.target));
    if (!isThere || this.#symptoms.isPresent(fault.policy, fault.target)) return;
    this.#symptoms.begin(fault.policy, fault.target);
    const event = alarmEvent(policy, fault.target, alarmNameOf(fault.policy), this.#clock.now);
    for (const [index, delay] of fault.deliveries.entries())
      this.#clock.at(this.#clock.now + delay, () => void this.#bus.deliver(this.#carried(policy), event, index));
    if (this.#wholeAlarms && policy.targets.kind === 'contributor')
      void this.#bus.deliver(this.#carried(policy), wholeAlarmEvent(`whole ${event.id}`, alarmNameOf(fault.policy), this.#clock.now), 0);
    const { times = 0, stays = false } = fault.returns ?? {};
    const isLast = stays && (this.#returned.get(fault) ?? 0) >= times;
    if (fault.lasts !== undefined && !isLast) this.#clock.at(this.#clock.now + fault.lasts, () => this.#end(fault));
  }

  #end(fault: Fault): void {
    if (!this.#symptoms.isPresent(fault.policy, fault.target)) return;
    this.#symptoms.end(fault.policy, fault.target);
    const returned = this.#returned.get(fault) ?? 0;
    if (!fault.returns || returned >= fault.returns.times) return;
    this.#returned.set(fault, returned + 1);
    this.#clock.at(this.#clock.now + fault.returns.after, () => this.#begin(fault));
  }

  #act(seen: SeenAct): void {
    const lease = this.#claims.leases.get(seen.incidentTarget);
    const reaction = this.#living.react(seen, this.#policies.get(seen.by.policy ?? ''));
    const act: Act = { ...seen, ...reaction, leaseOf: lease && lease.expiresAt > seen.at ? lease.incident : undefined };
    (act.by.givesBack === undefined ? this.#acts : this.#returns).push(act);
    for (const fault of this.#faultsOn.get(act.incidentTarget) ?? []) {
      if (!fault.curedBy.includes(act.by.remedy ?? '')) continue;
      this.#clock.at(Math.max(act.endsAt, act.at + fault.cureTakes), () => this.#end(fault));
    }
  }

  /** The policy as the rules carry it: after a deployment with what the functions of this story do not know. */
  #carried(policy: Policy): Policy {
    const { redeployedAt, startsAt } = this.#story;
    if (redeployedAt === undefined || this.#clock.now < startsAt + redeployedAt) return policy;
    return { ...policy, ofALaterVersion: true, guardrails: { ...policy.guardrails, ofALaterVersion: 1 } } as Policy;
  }

  /** What is there no more shows nothing more. */
  #forget(instance: string): void {
    for (const { name } of this.#story.policies) {
      const target = { kind: 'instance', id: instance } as const;
      if (this.#symptoms.isPresent(name, target)) this.#symptoms.end(name, target);
    }
  }

  async #sweep(): Promise<void> {
    if (!this.#sweeper) throw new Error('the stack has no function that sweeps');
    await this.#lambda.invoke(this.#sweeper, {}, `sweep ${this.#clock.now}`).catch(() => {});
  }

  async #forge({ policy: name, target, source, age }: Omit<NonNullable<Story['forgeries']>[number], 'at'>): Promise<void> {
    const policy = this.#policies.get(name);
    if (!policy) throw new Error(`the story has no policy ${name}`);
    await this.#bus.deliver(
      this.#carried(policy),
      { ...alarmEvent(policy, target, alarmNameOf(name), this.#clock.now - age), source } as { id: string },
      0,
    );
  }

  #abortOldest(): void {
    const oldest = [...this.#machine.executions.values()].find(({ status }) => status === 'RUNNING');
    if (oldest) this.#machine.abort(oldest.name);
  }

  #broken(): readonly BrokenWorkflow[] {
    const how = { FAILED: 'failed', TIMED_OUT: 'timed out', ABORTED: 'was aborted' } as const;
    return [...this.#machine.executions.values()]
      .flatMap(({ name, status, endedAt }) =>
        status === 'RUNNING' || status === 'SUCCEEDED' ? [] : [{ incidentId: name, brokenAt: endedAt ?? 0, how: how[status] }],
      )
      .toSorted((left, right) => right.brokenAt - left.brokenAt);
  }

  /** A person answers a question once, and wakes whoever waits for it then. */
  #say({ name: voter, answer }: Voter, question: string): void {
    answerTo(this.#approvals, question, { voter, who: `arn:aws:iam::111122223333:user/${voter}`, answer, at: this.#clock.now });
    this.#answers.push({ at: this.#clock.now, question, voter, answer });
    const waiting = this.#approvals.open.get(question);
    if (waiting) this.#machine.sendTaskSuccess(waiting.taskToken, {});
  }

  #isFrozen(name: string): boolean {
    return (this.#story.freezes ?? []).some(({ calendar, from, to }) => calendar === name && this.#isWithin(from, to));
  }

  #turnSwitch(text: string): void {
    const open = this.#pauses.at(-1);
    if (this.#pause !== RUNNING && open) open.to = this.#clock.now;
    if (text !== RUNNING) this.#pauses.push({ from: this.#clock.now, to: Number.POSITIVE_INFINITY });
    this.#pause = text;
  }

  #isWithin(from: number, to: number): boolean {
    const passed = this.#clock.now - this.#story.startsAt;
    return passed >= from && passed < to;
  }
}

/** Members of each policy's group as the story begins, by the group's key. */
function groupSizesOf({ policies, instances, groups }: Story): ReadonlyMap<string, number> {
  const tagged = new Map<string, number>();
  for (const { tags } of instances)
    for (const [key, value] of Object.entries(tags)) tagged.set(`${key}=${value}`, (tagged.get(`${key}=${value}`) ?? 0) + 1);
  const sizeOf = ({ group }: Policy): number => {
    if (group.kind === 'tagged') return tagged.get(`${group.key}=${group.value}`) ?? 0;
    if (group.kind === 'auto-scaling-group') return groups.find(({ name }) => name === group.name)?.members.length ?? 0;
    return group.kind === 'instances' ? group.ids.length : 1;
  };
  return new Map(policies.map((policy) => [groupKey(policy.group), sizeOf(policy)]));
}
