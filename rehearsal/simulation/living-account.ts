import type { AutoScalingGroup, CommandResult, Commands, Instance } from '../../lambdas/core/ports.ts';
import { GROUP_TAG } from '../../lambdas/core/selection.ts';
import { type Account, fakeCommands, fakeInstances } from '../fakes/fake-aws.ts';
import { between, diceFor } from './dice.ts';
import type { Act } from './history-of-story.ts';
import type { Story } from './story.ts';
import type { VirtualClock } from './virtual-clock.ts';

const SECOND = 1_000;

/** How long AWS and the machines take, in milliseconds: at least, at most. */
const TAKES = {
  command: [2 * SECOND, 40 * SECOND],
  restart: [40 * SECOND, 90 * SECOND],
  launch: [60 * SECOND, 150 * SECOND],
} as const;

const succeeded: CommandResult = { status: 'succeeded', detail: 'Success', exitCode: 0, output: 'done', errors: '' };
const failed: CommandResult = { status: 'failed', detail: 'Failed', exitCode: 1, output: 'FAILED: as the story has it', errors: '' };

/** The account of a story, which goes on by itself after every act: commands end, databases come back, groups launch members. */
export class LivingAccount {
  readonly account: Account;
  readonly #clock: VirtualClock;
  readonly #story: Story;
  #launched = 0;
  /** Running instances by tag, until an instance changes: a search through ten thousand at every look would take too long. */
  readonly #byTag = new Map<string, readonly Instance[]>();

  constructor(account: Account, story: Story, clock: VirtualClock) {
    this.account = account;
    this.#story = story;
    this.#clock = clock;
    for (const instance of story.instances) {
      account.instances.set(instance.id, instance);
      account.agents.set(instance.id, story.silentAgents.includes(instance.id) ? 'silent' : 'online');
    }
    for (const group of story.groups) account.groups.set(group.name, group);
    for (const database of story.databases) account.databases.set(database.id, database);
    for (const cluster of story.clusters) account.clusters.set(cluster.id, cluster);
    for (const volume of story.volumes) account.volumes.set(volume.id, volume);
    account.commandsEnd.as = { status: 'running', detail: 'InProgress', output: '', errors: '' };
    for (const { at, instance } of story.departures) clock.at(story.startsAt + at, () => this.#become(instance, 'shutting-down'));
  }

  async tagged(key: string, value: string): Promise<readonly Instance[]> {
    const name = `${key}=${value}`;
    const known = this.#byTag.get(name) ?? (await fakeInstances(this.account).tagged(key, value));
    this.#byTag.set(name, known);
    return known;
  }

  /** Run Command, whose commands take their time and may fail. */
  commands(): Commands {
    const commands = fakeCommands(this.account);
    return {
      ...commands,
      send: async (request) => {
        const id = await commands.send(request);
        const dice = diceFor(this.#story.seed, `${request.token} ${id}`);
        const result = dice() < this.#story.hazards.failedCommands ? failed : succeeded;
        this.#clock.at(this.#clock.now + between(dice, ...TAKES.command), () => this.account.commands.set(id, { request, result }));
        return id;
      },
    };
  }

  /** Lets the account react to an act, once it was carried out. */
  react({ call, target, at }: Act): void {
    const [, id = ''] = target.split('#');
    const dice = diceFor(this.#story.seed, `${call} ${target} ${at}`);
    const later = (takes: readonly [number, number], deed: () => void) => this.#clock.at(at + between(dice, ...takes), deed);
    switch (call) {
      case 'groups.markUnhealthy':
        return void later(TAKES.command, () => this.#terminate(id, () => void later(TAKES.launch, () => this.#fill(id))));
      case 'groups.setDesiredCapacity':
      case 'groups.setMinimum':
        return void later(TAKES.launch, () => this.#launch(id));
      case 'databases.reboot':
      case 'databases.growStorage':
        return void later(TAKES.restart, () => this.#recoverDatabase(id));
      case 'clusters.reboot':
      case 'clusters.failOver':
        return void later(TAKES.restart, () => this.#recoverCluster(id));
    }
  }

  #become(id: string, state: Instance['state']): void {
    const instance = this.account.instances.get(id);
    if (instance) this.#put({ ...instance, state });
  }

  #put(instance: Instance): void {
    this.account.instances.set(instance.id, instance);
    this.#byTag.clear();
  }

  #terminate(id: string, launchAnother: () => void): void {
    const group = this.#groupOf(id);
    if (!group) return;
    this.#become(id, 'shutting-down');
    this.account.groups.set(group.name, { ...group, members: group.members.filter((member) => member.id !== id) });
    launchAnother();
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
    const tags = this.#story.instances.find((instance) => instance.tags[GROUP_TAG] === name)?.tags ?? { [GROUP_TAG]: name };
    const members = Array.from({ length: missing }, () => {
      this.#launched += 1;
      const id = `i-${this.#launched.toString(16).padStart(17, 'f')}`;
      this.#put({ id, state: 'running', tags });
      this.account.agents.set(id, 'online');
      return { id, lifecycle: 'InService', healthy: true, protectedFromScaleIn: false };
    });
    this.account.groups.set(name, { ...group, members: [...group.members, ...members] });
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
