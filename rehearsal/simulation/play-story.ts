import type { Instant } from '../../lambdas/core/duration.ts';
import type { HistoryLine } from '../../lambdas/core/history-line.ts';
import { parsePause, RUNNING } from '../../lambdas/core/pause.ts';
import { groupKey, type Policy } from '../../lambdas/core/policy.ts';
import type { Instance } from '../../lambdas/core/ports.ts';
import type { Message } from '../../lambdas/core/report.ts';
import { targetKey } from '../../lambdas/core/target.ts';
import { emptyApprovalTable, fakeApprovals, fakeModes } from '../fakes/fake-approvals.ts';
import {
  emptyAccount,
  fakeClusters,
  fakeDatabases,
  fakeGroups,
  fakeInstances,
  fakeRunbooks,
  fakeSessions,
  fakeVolumes,
} from '../fakes/fake-aws.ts';
import { emptySurroundings, fakeCalendars, fakeDeployments, fakeProviderEvents } from '../fakes/fake-circumstances.ts';
import { emptyClaimTable, fakeClaims } from '../fakes/fake-claims.ts';
import { fakePipelines } from '../fakes/fake-pipelines.ts';
import type { AllPorts } from '../fakes/fake-ports.ts';
import { emptyIncidentItems, fakeStore } from '../fakes/fake-store.ts';
import { emptyStormItems, fakeStorms } from '../fakes/fake-storms.ts';
import { diceFor } from './dice.ts';
import { alarmEvent, EventBus } from './event-bus.ts';
import type { Act, Invocation, StoryHistory } from './history-of-story.ts';
import { Lambda } from './lambda.ts';
import { LivingAccount } from './living-account.ts';
import { StateMachine } from './state-machine/state-machine.ts';
import type { Fault, Story } from './story.ts';
import { alarmNameOf, Symptoms } from './symptoms.ts';
import type { SynthesizedStack } from './synthesized-stack.ts';
import { VirtualClock } from './virtual-clock.ts';

/** What the integration `lambda:invoke` is given. */
interface Invoke {
  readonly FunctionName?: string;
  readonly Payload?: unknown;
}

export interface PlayOptions {
  /** Breaks a port on purpose, to see a law fail. @default - nothing is broken */
  readonly breakPorts?: (ports: AllPorts) => AllPorts;
  /** Which lines of the history log are kept. @default - all */
  readonly keepLine?: (line: HistoryLine) => boolean;
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
  readonly #claims = emptyClaimTable();
  readonly #incidents = emptyIncidentItems();
  readonly #approvals = emptyApprovalTable();
  readonly #surroundings = emptySurroundings();
  readonly #faultsOn: ReadonlyMap<string, readonly Fault[]>;
  readonly #acts: Act[] = [];
  readonly #returns: Act[] = [];
  readonly #invocations: Invocation[] = [];
  readonly #requests = new Map<string, number>();
  readonly #lines: HistoryLine[] = [];
  readonly #messages: { at: Instant; message: Message }[] = [];
  readonly #pauses: { from: Instant; to: Instant }[] = [];
  readonly #returned = new Map<Fault, number>();
  #pause = RUNNING;

  constructor(story: Story, stack: SynthesizedStack, { breakPorts = (ports) => ports, keepLine = () => true }: PlayOptions) {
    this.#story = story;
    this.#clock = new VirtualClock(story.startsAt);
    this.#policies = new Map(story.policies.map((policy) => [policy.name, policy]));
    this.#symptoms = new Symptoms(story.policies);
    this.#faultsOn = Map.groupBy(story.faults, ({ target }) => targetKey(target));
    this.#living = new LivingAccount(emptyAccount(), story, this.#clock);
    const lambda = new Lambda({
      ports: this.#ports(keepLine),
      breakPorts,
      clock: this.#clock,
      seed: story.seed,
      hazards: story.hazards,
      recorder: {
        act: (act) => this.#act(act),
        request: (request) => void this.#requests.set(request, (this.#requests.get(request) ?? 0) + 1),
        invocation: (invocation) => void this.#invocations.push(invocation),
        isOut: (port) => story.outages.some(({ from, to, ports }) => ports.includes(port) && this.#isWithin(from, to)),
      },
    });
    this.#machine = new StateMachine(stack.definition, this.#clock, {
      jitter: (execution, retry) => diceFor(story.seed, `jitter ${execution} ${retry}`)(),
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
    const { faults, operators, startsAt } = this.#story;
    for (const fault of faults) this.#clock.at(startsAt + fault.at, () => this.#begin(fault));
    for (const { at, pause } of operators) this.#clock.at(startsAt + at, () => this.#turnSwitch(pause));
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
      messages: this.#messages,
      requests: this.#requests,
      groupSizes: new Map(this.#story.policies.map((policy) => [groupKey(policy.group), sizeOf(policy, this.#story)])),
      leases: this.#claims.leases,
      slots: this.#claims.slots,
    };
  }

  #ports(keepLine: (line: HistoryLine) => boolean): AllPorts {
    const { account } = this.#living;
    return {
      alarms: this.#symptoms.alarms(account),
      claims: fakeClaims(this.#claims, (incident) => this.#incidents.endings.has(incident)),
      clusters: fakeClusters(account),
      commands: this.#living.commands(),
      databases: fakeDatabases(account),
      groups: fakeGroups(account),
      instances: { ...fakeInstances(account), tagged: (key, value) => this.#living.tagged(key, value) },
      loadBalancers: this.#symptoms.loadBalancers(this.#story.policies, account),
      runbooks: fakeRunbooks(),
      sessions: fakeSessions(account),
      volumes: fakeVolumes(account),
      approvals: fakeApprovals(this.#approvals),
      modes: fakeModes(this.#approvals),
      calendars: fakeCalendars(this.#surroundings),
      deployedPolicies: { check: async () => ({ kind: 'deployed' }) },
      deployments: fakeDeployments(this.#surroundings),
      providerEvents: fakeProviderEvents(this.#surroundings),
      pipelines: fakePipelines([]),
      storms: fakeStorms(emptyStormItems()),
      store: fakeStore(this.#incidents, this.#claims),
      pauseSwitch: { read: async () => parsePause(this.#pause) },
      history: { write: async (line) => void (keepLine(line) && this.#lines.push(line)) },
      notifier: { publish: async (message) => void this.#messages.push({ at: this.#clock.now, message }) },
      metrics: { outcome: () => {}, timeToFirstAction: () => {}, timeToRecovery: () => {}, wouldAct: () => {} },
      workflow: { start: async (incidentId, input) => this.#machine.start(incidentId, input) },
    };
  }

  #begin(fault: Fault): void {
    const policy = this.#policies.get(fault.policy);
    if (!policy) throw new Error(`the story has no policy ${fault.policy}`);
    if (this.#symptoms.isPresent(fault.policy, fault.target)) return;
    this.#symptoms.begin(fault.policy, fault.target, this.#clock.now);
    const event = alarmEvent(policy, fault.target, alarmNameOf(fault.policy), this.#clock.now);
    for (const [index, delay] of fault.deliveries.entries())
      this.#clock.at(this.#clock.now + delay, () => void this.#bus.deliver(policy, event, index));
    if (fault.lasts !== undefined) this.#clock.at(this.#clock.now + fault.lasts, () => this.#end(fault));
  }

  #end(fault: Fault): void {
    if (!this.#symptoms.isPresent(fault.policy, fault.target)) return;
    this.#symptoms.end(fault.policy, fault.target);
    const returned = this.#returned.get(fault) ?? 0;
    if (!fault.returns || returned >= fault.returns.times) return;
    this.#returned.set(fault, returned + 1);
    this.#clock.at(this.#clock.now + fault.returns.after, () => this.#begin(fault));
  }

  #act(seen: Omit<Act, 'leaseOf'>): void {
    const lease = this.#claims.leases.get(seen.incidentTarget);
    const act = { ...seen, leaseOf: lease && lease.expiresAt > seen.at ? lease.incident : undefined };
    (act.by.givesBack === undefined ? this.#acts : this.#returns).push(act);
    this.#living.react(act);
    for (const fault of this.#faultsOn.get(act.incidentTarget) ?? []) {
      if (!fault.curedBy.includes(act.by.remedy ?? '')) continue;
      this.#clock.at(act.at + fault.cureTakes, () => this.#end(fault));
    }
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

/** Members of a policy's group as the story begins. */
function sizeOf({ group }: Policy, { instances, groups }: Story): number {
  const hasTag = (key: string, value: string) => (instance: Instance) => instance.tags[key] === value;
  if (group.kind === 'tagged') return instances.filter(hasTag(group.key, group.value)).length;
  if (group.kind === 'auto-scaling-group') return groups.find(({ name }) => name === group.name)?.members.length ?? 0;
  return group.kind === 'instances' ? group.ids.length : 1;
}
