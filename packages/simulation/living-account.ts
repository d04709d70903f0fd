import { milliseconds } from '../../lambdas/core/duration.ts';
import type { Group, Policy } from '../../lambdas/core/policy.ts';
import { groupKey } from '../../lambdas/core/policy.ts';
import type { AutoScalingGroup, CommandResult, Commands, Instance, RunbookExecution, Runbooks } from '../../lambdas/core/ports.ts';
import { GROUP_TAG } from '../../lambdas/core/selection.ts';
import { targetKey } from '../../lambdas/core/target.ts';
import { remediatorNamed } from '../../lambdas/remediators/registry.ts';
import { longestAct } from '../../lambdas/remediators/remediator.ts';
import { type Account, fakeCommands, fakeRunbooks } from './doubles/fake-aws.ts';
import type { Act, Death, GroupAtAct } from './history-of-story.ts';
import type { SeenAct } from './invocation-ports.ts';
import { between, type Random, randomFor } from './random.ts';
import type { Story } from './story.ts';
import type { VirtualClock } from './virtual-clock.ts';

const SECOND = 1_000;

type Span = readonly [number, number];

/** How long AWS and the machines take, in milliseconds: at least, at most. */
const TAKES = {
  command: [2 * SECOND, 40 * SECOND],
  restart: [40 * SECOND, 90 * SECOND],
  launch: [60 * SECOND, 150 * SECOND],
  nothing: [0, 0],
} as const satisfies Readonly<Record<string, Span>>;

/** What is said of an act that is described by the account itself and takes as long as this. */
const TAKES_BY_CALL: Readonly<Record<string, Span>> = {
  'commands.send': TAKES.command,
  'runbooks.start': TAKES.restart,
  'instances.reboot': TAKES.restart,
  'groups.setDesiredCapacity': TAKES.launch,
  'groups.setMinimum': TAKES.launch,
  'databases.reboot': TAKES.restart,
  'databases.growStorage': TAKES.restart,
  'clusters.reboot': TAKES.restart,
  'clusters.failOver': TAKES.restart,
};

/** Acts of which AWS says how long they are under way. */
const CAN_BE_SLOW = [
  'commands.send',
  'runbooks.start',
  'databases.reboot',
  'databases.growStorage',
  'clusters.reboot',
  'clusters.failOver',
];

/** Nothing takes longer here, so that stories have an end: storage of a database can take hours. */
const LONGEST = 40 * 60 * SECOND;

/** Who left a group so lately is counted as one who looked could have seen it. */
const LOOK_MILLISECONDS = 2 * 60 * SECOND;

/** What the scripts say at their end, each of them looking for its own word. */
const succeeded: CommandResult = { status: 'succeeded', detail: 'Success', exitCode: 0, output: 'OK: done\nREBOOTED: once', errors: '' };
const failed: CommandResult = { status: 'failed', detail: 'Failed', exitCode: 1, output: 'FAILED: as the story has it', errors: '' };

/** The account of a story, which goes on by itself after every act: commands end, databases come back, groups launch members. */
export class LivingAccount {
  readonly account: Account;
  readonly deaths: Death[] = [];
  readonly departed: { readonly at: number; readonly target: string }[] = [];
  readonly #clock: VirtualClock;
  readonly #story: Story;
  readonly #groups: readonly Group[];
  /** Groups by the tag or the ids of their members; the others under no name. */
  readonly #groupsNaming: ReadonlyMap<string, readonly Group[]>;
  /** Groups as acts found them, until an instance changes: each may have ten thousand members. */
  #found = new Map<Group, GroupAtAct>();
  readonly #left = new Map<string, { readonly at: number; readonly groups: readonly string[]; readonly zone: string | undefined }>();
  /** When what was begun with a token ends. */
  readonly #ends = new Map<string, number>();
  #launched = 0;
  /** Running instances by tag, until an instance changes: a search through a hundred thousand at every look would take too long. */
  #byTag: ReadonlyMap<string, readonly Instance[]> | undefined;
  readonly #whenGone: ((instance: string) => void)[] = [];

  constructor(account: Account, story: Story, clock: VirtualClock) {
    this.account = account;
    this.#story = story;
    this.#clock = clock;
    this.#groups = [...new Map(story.policies.map(({ group }) => [groupKey(group), group])).values()].filter(
      ({ kind }) => kind !== 'single',
    );
    const named = this.#groups.flatMap((group) => namesOf(group).map((name) => ({ group, name })));
    this.#groupsNaming = new Map(
      [...Map.groupBy(named, ({ name }) => name)].map(([name, entries]) => [name, entries.map(({ group }) => group)]),
    );
    const silent = new Set(story.silentAgents);
    for (const instance of story.instances) {
      account.instances.set(instance.id, instance);
      account.agents.set(instance.id, silent.has(instance.id) ? 'silent' : 'online');
    }
    for (const group of story.groups) account.groups.set(group.name, group);
    for (const database of story.databases) account.databases.set(database.id, database);
    for (const cluster of story.clusters) account.clusters.set(cluster.id, cluster);
    for (const volume of story.volumes) account.volumes.set(volume.id, volume);
    account.commandsEnd.as = { status: 'running', detail: 'InProgress', output: '', errors: '' };
    for (const { at, instance } of story.departures) clock.at(story.startsAt + at, () => this.#leave(instance));
    for (const { at, instance } of story.deaths ?? []) clock.at(story.startsAt + at, () => this.#die(instance));
  }

  /** Calls back with an instance that is there no more. */
  whenGone(tell: (instance: string) => void): void {
    this.#whenGone.push(tell);
  }

  /** Whether a machine runs and reports. */
  isAlive(instance: string): boolean {
    return this.account.instances.get(instance)?.state === 'running' && !this.isDead(instance);
  }

  isDead(instance: string): boolean {
    return this.deaths.some(({ target, to }) => to === undefined && target === `instance#${instance}`);
  }

  /** The newest datapoint of a machine since the instant: one for each minute that is over, while it was alive. */
  lastReport(instance: string, since: number): number | undefined {
    if (this.account.instances.get(instance)?.state !== 'running') return undefined;
    for (let at = lastMinute(this.#clock.now); at >= since; at -= 60_000) if (!this.#wasDead(instance, at)) return at;
    return undefined;
  }

  #wasDead(instance: string, at: number): boolean {
    return this.deaths.some(({ target, from, to }) => target === `instance#${instance}` && from <= at && (to === undefined || to > at));
  }

  async tagged(key: string, value: string): Promise<readonly Instance[]> {
    return this.#tagged(key, value);
  }

  /** How many instances have the tag of the group now. */
  membersOf({ key, value }: Extract<Group, { kind: 'tagged' }>): number {
    return this.#tagged(key, value).length;
  }

  #tagged(key: string, value: string): readonly Instance[] {
    this.#byTag ??= byTag(this.#running());
    return this.#byTag.get(tagged(key, value)) ?? [];
  }

  #running(): readonly Instance[] {
    return [...this.account.instances.values()].filter(isUp);
  }

  /** Run Command, whose commands take their time and may fail. */
  commands(): Commands {
    const commands = fakeCommands(this.account);
    return {
      ...commands,
      agent: async (id) => (this.isDead(id) ? { state: 'silent' } : commands.agent(id)),
      send: async (request) => {
        const id = await commands.send(request);
        const random = randomFor(this.#story.seed, `${request.token} ${id}`);
        const result = random() < this.#story.hazards.failedCommands ? failed : succeeded;
        const ends = this.#ends.get(request.token) ?? this.#clock.now + between(random, ...TAKES.command);
        this.#clock.at(ends, () => this.account.commands.set(id, { request, result }));
        return id;
      },
    };
  }

  /** Automation, whose executions take their time. */
  runbooks(): Runbooks {
    const runbooks = fakeRunbooks();
    const ends = new Map<string, number>();
    return {
      ...runbooks,
      start: async (request) => {
        const id = await runbooks.start(request);
        ends.set(id, this.#ends.get(request.token) ?? this.#clock.now);
        return id;
      },
      execution: async (id): Promise<RunbookExecution | undefined> =>
        (ends.get(id) ?? 0) > this.#clock.now ? { status: 'running', detail: 'InProgress' } : runbooks.execution(id),
    };
  }

  /** Lets the account react to an act that is about to be carried out, and tells when what it begins ends. */
  react(act: SeenAct, policy: Policy | undefined): Pick<Act, 'endsAt' | 'containers' | 'groups'> {
    const [, id = ''] = act.target.split('#');
    const around = { containers: this.#containersOf(act.target), groups: this.#groupsAtAct(act.target, id) };
    const random = randomFor(this.#story.seed, `${act.call} ${act.target} ${act.at}`);
    const endsAt = act.call === 'groups.markUnhealthy' ? this.#replace(id, act.at, random) : act.at + this.#takes(act, policy, random);
    if (act.token !== undefined) this.#ends.set(act.token, endsAt);
    if (act.call === 'databases.growStorage') this.#becomeModifying(id);
    const action = this.#actOf(act.call, id);
    if (action) this.#clock.at(endsAt, action);
    for (const { instance, revivedBy } of this.#story.deaths ?? [])
      if (instance === id && revivedBy.includes(act.by.remedy ?? '')) this.#clock.at(endsAt, () => this.#revive(instance));
    return { endsAt, ...around };
  }

  /** The ordinary time, or in some cases all of the time that the remedy says it may take. */
  #takes({ call, by }: SeenAct, policy: Policy | undefined, random: Random): number {
    const ordinary = between(random, ...(TAKES_BY_CALL[call] ?? TAKES.nothing));
    // Nobody waits for what is given back: the numbers of a group are lower at once.
    if (by.givesBack !== undefined) return 0;
    const rung = policy?.ladder[by.rung ?? -1];
    const remediator = remediatorNamed(by.remedy ?? '');
    const isSlow = CAN_BE_SLOW.includes(call) && random() < (this.#story.hazards.slow ?? 0);
    if (!rung || !remediator || !isSlow) return ordinary;
    const longest = longestAct(remediator, remediator.params.parse(rung.params));
    return longest ? Math.max(ordinary, Math.min(LONGEST, Math.floor(milliseconds(longest) * between(random, 0.5, 1)) - SECOND)) : ordinary;
  }

  #actOf(call: string, id: string): (() => void) | undefined {
    switch (call) {
      case 'groups.setDesiredCapacity':
      case 'groups.setMinimum':
        return () => this.#launch(id);
      case 'databases.reboot':
      case 'databases.growStorage':
        return () => this.#recoverDatabase(id);
      case 'clusters.reboot':
      case 'clusters.failOver':
        return () => this.#recoverCluster(id);
      default:
        return undefined;
    }
  }

  #replace(id: string, at: number, random: Random): number {
    const terminatedAt = at + between(random, ...TAKES.command);
    const launchedAt = terminatedAt + between(random, ...TAKES.launch);
    this.#clock.at(terminatedAt, () => this.#terminate(id));
    this.#clock.at(launchedAt, () => this.#fill(id));
    return launchedAt;
  }

  #containersOf(target: string): readonly string[] {
    const [kind, id = ''] = target.split('#');
    if (kind === 'database')
      return [...this.account.clusters.values()]
        .filter(({ members }) => members.some((member) => member.id === id))
        .map((cluster) => `database-cluster#${cluster.id}`);
    const group = kind === 'instance' ? this.account.instances.get(id)?.tags[GROUP_TAG] : undefined;
    return group === undefined ? [] : [`auto-scaling-group#${group}`];
  }

  #groupsAtAct(target: string, id: string): readonly GroupAtAct[] {
    if (!target.startsWith('instance#')) return [];
    return this.#mayBeIn(id)
      .map((group) => this.#groupNow(group))
      .filter(({ zoneOf }) => zoneOf.has(targetOf(id)));
  }

  /** The groups that are worth a look at all their members: there may be a thousand groups. */
  #mayBeIn(id: string): readonly Group[] {
    if (this.#left.has(id)) return this.#groups;
    const names = ['', id, ...Object.entries(this.account.instances.get(id)?.tags ?? {}).map(([key, value]) => tagged(key, value))];
    return names.flatMap((name) => this.#groupsNaming.get(name) ?? []);
  }

  #groupNow(group: Group): GroupAtAct {
    const key = groupKey(group);
    const late = [...this.#left].filter(([, { at, groups }]) => at > this.#clock.now - LOOK_MILLISECONDS && groups.includes(key));
    // Calls change what Auto Scaling groups have.
    const isFixed = late.length === 0 && group.kind !== 'auto-scaling-group';
    const found = (isFixed && this.#found.get(group)) || this.#lookAt(group, key, late);
    if (isFixed) this.#found.set(group, found);
    return found;
  }

  #lookAt(group: Group, key: string, late: readonly (readonly [string, { readonly zone: string | undefined }])[]): GroupAtAct {
    const members = this.#membersOf(group);
    const zoneOf = new Map([
      ...members.map(({ id, zone }) => [targetOf(id), zone] as const),
      ...late.map(([id, { zone }]) => [targetOf(id), zone] as const),
    ]);
    const healthy = new Set([
      ...members.filter((member) => member.healthy).map(({ id }) => targetOf(id)),
      ...late.map(([id]) => targetOf(id)),
    ]);
    return { key, zoneOf, members: [...zoneOf.keys()], healthy };
  }

  #membersOf(group: Group): readonly { readonly id: string; readonly zone?: string | undefined; readonly healthy: boolean }[] {
    const plain = ({ id, zone, state }: Instance) => ({ id, zone, healthy: state === 'running' });
    if (group.kind === 'tagged') return this.#tagged(group.key, group.value).map(plain);
    if (group.kind === 'instances')
      return group.ids
        .flatMap((id) => this.account.instances.get(id) ?? [])
        .filter(isUp)
        .map(plain);
    if (group.kind !== 'auto-scaling-group') return [];
    return (this.account.groups.get(group.name)?.members ?? [])
      .filter(({ lifecycle }) => !lifecycle.startsWith('Terminat'))
      .map(({ id, zone, lifecycle, healthy }) => ({ id, zone, healthy: healthy && lifecycle === 'InService' }));
  }

  #die(instance: string): void {
    if (this.isAlive(instance)) this.deaths.push({ target: targetOf(instance), from: this.#clock.now });
  }

  #revive(instance: string): void {
    const death = this.deaths.find(({ target, to }) => to === undefined && target === targetOf(instance));
    if (death) death.to = this.#clock.now;
  }

  /** Somebody ends a member, for reasons of their own. */
  #leave(id: string): void {
    this.#markLeft(id);
    this.#become(id, 'shutting-down');
    this.departed.push({ at: this.#clock.now, target: targetOf(id) });
    for (const tell of this.#whenGone) tell(id);
  }

  #markLeft(id: string): void {
    const groups = this.#groupsAtAct(targetOf(id), id).map(({ key }) => key);
    this.#left.set(id, { at: this.#clock.now, groups, zone: this.account.instances.get(id)?.zone });
  }

  #become(id: string, state: Instance['state']): void {
    const instance = this.account.instances.get(id);
    if (instance) this.#put({ ...instance, state });
  }

  #put(instance: Instance): void {
    this.account.instances.set(instance.id, instance);
    this.#byTag = undefined;
    this.#found = new Map();
  }

  #terminate(id: string): void {
    const group = this.#groupOf(id);
    if (!group) return;
    this.#leave(id);
    this.account.groups.set(group.name, { ...group, members: group.members.filter((member) => member.id !== id) });
  }

  #groupOf(id: string): AutoScalingGroup | undefined {
    return this.account.groups.get(this.account.instances.get(id)?.tags[GROUP_TAG] ?? '');
  }

  #fill(gone: string): void {
    const group = this.#groupOf(gone);
    if (group) this.#launch(group.name);
  }

  /** Members up to the desired capacity, in service, with the tags that the group gives to all. */
  #launch(name: string): void {
    const group = this.account.groups.get(name);
    if (!group) return;
    const missing = Math.max(0, Math.min(group.desired, group.max) - group.members.length);
    const like = this.#story.instances.find((instance) => instance.tags[GROUP_TAG] === name);
    const zone = like?.zone === undefined ? {} : { zone: like.zone };
    const members = Array.from({ length: missing }, () => {
      this.#launched += 1;
      const id = `i-${this.#launched.toString(16).padStart(17, 'f')}`;
      this.#put({ id, state: 'running', tags: like?.tags ?? { [GROUP_TAG]: name }, ...zone });
      this.account.agents.set(id, 'online');
      return { id, lifecycle: 'InService', healthy: true, protectedFromScaleIn: false, ...zone };
    });
    this.account.groups.set(name, { ...group, members: [...group.members, ...members] });
  }

  #becomeModifying(id: string): void {
    const database = this.account.databases.get(id);
    if (database) this.account.databases.set(id, { ...database, status: 'modifying' });
  }

  #recoverDatabase(id: string): void {
    const database = this.account.databases.get(id);
    if (database) this.account.databases.set(id, { ...database, status: 'available' });
  }

  #recoverCluster(id: string): void {
    const cluster = this.account.clusters.get(id);
    if (cluster) this.account.clusters.set(id, { ...cluster, status: 'available' });
  }
}

function isUp({ state }: Instance): boolean {
  return state === 'running' || state === 'pending';
}

/** What tells of an instance that it may be in the group, if anything does. */
function namesOf(group: Group): readonly string[] {
  if (group.kind === 'tagged') return [tagged(group.key, group.value)];
  return group.kind === 'instances' ? group.ids : [''];
}

function tagged(key: string, value: string): string {
  return `${key}=${value}`;
}

function byTag(instances: readonly Instance[]): ReadonlyMap<string, readonly Instance[]> {
  const found = new Map<string, Instance[]>();
  for (const instance of instances) {
    for (const [key, value] of Object.entries(instance.tags)) {
      const there = found.get(tagged(key, value));
      if (there) there.push(instance);
      else found.set(tagged(key, value), [instance]);
    }
  }
  return found;
}

function targetOf(instance: string): string {
  return targetKey({ kind: 'instance', id: instance });
}

/** The beginning of the last minute that is over, of which there is a datapoint. */
export function lastMinute(now: number): number {
  return Math.floor(now / 60_000) * 60_000 - 60_000;
}
