import { setTimeout as sleep } from 'node:timers/promises';
import type { Upstream } from '@self-healing/local-aws/gateway/service.ts';
import type { ManagedNode } from '@self-healing/local-aws/nodes/managed-node.ts';
import type { MetricStore } from '@self-healing/local-aws/services/cloudwatch/metric-store.ts';
import type { Ec2Instance } from '@self-healing/local-aws/services/ec2.ts';
import type { DatabaseMachine } from '@self-healing/local-aws/services/rds.ts';
import { between, type Random } from '@self-healing/simulation/random.ts';
import { fixtures } from '../stage/fixtures.ts';
import type { ActRecord } from './act.ts';
import { Faults } from './fault.ts';
import { SimulatedMachine } from './simulated-machine.ts';
import { databaseSymptom, fleetSymptoms, groupSymptom, type SimulatedSymptom } from './symptoms.ts';

/** Large enough that the blast radius of a tenth is five members, the default's most. */
export const FLEET_SIZE = 60;

/** Longer than a decision takes, so that acts overlap; shorter than the least time in which an act is verified. */
const COMMAND_MS = { from: 2_500, to: 6_000 } as const;
const DATABASE_REBOOT_MS = 3_000;

/** What a user's account has, simulated: a tagged fleet, an Auto Scaling group and a database, and the symptoms that they have. */
export class SimulatedAccount implements DatabaseMachine {
  readonly faults = new Faults();
  readonly fleet: readonly SimulatedMachine[];
  /** Has the fleet's tag, and the one by which it is never acted on. */
  readonly excluded: SimulatedMachine;
  readonly #machines = new Map<string, SimulatedMachine>();
  readonly #acts: ActRecord;
  readonly #random: Random;

  constructor(acts: ActRecord, random: Random) {
    this.#acts = acts;
    this.#random = random;
    const tag = { [fixtures.fleetTag.key]: fixtures.fleetTag.value };
    this.fleet = Array.from({ length: FLEET_SIZE }, (_, index) => this.#add(instanceId(index), { ...tag, Name: `web-${index}` }));
    this.excluded = this.#add(instanceId(FLEET_SIZE), { ...tag, Name: 'excluded', SelfHealExclude: 'true' });
  }

  instances(): readonly Ec2Instance[] {
    return [...this.#machines.values()].map(({ id, tags, state }) => ({ id, tags, state }));
  }

  find(instance: string): ManagedNode | undefined {
    const machine = this.#machines.get(instance);
    return machine?.state === 'running' ? machine.node : undefined;
  }

  /** Systems Manager got a command; which one is asked when the agent runs it. */
  commanded(instance: string, document: string): void {
    const machine = this.#machines.get(instance);
    if (machine) machine.document = document;
  }

  async launch(group: string, id: string): Promise<void> {
    this.#add(id, { 'aws:autoscaling:groupName': group });
    await sleep(500);
    this.#cure(`auto-scaling-group#${group}`, 'launch');
    this.#acts.ended(`auto-scaling-group#${group}`);
  }

  async terminate(id: string): Promise<void> {
    const machine = this.#machines.get(id);
    if (machine) machine.state = 'terminated';
    await sleep(200);
    this.#acts.ended(`auto-scaling-group#${machine?.tags['aws:autoscaling:groupName']}`);
  }

  /** The reboot of an instance by EC2, or of the database by RDS. */
  async reboot(id: string): Promise<void> {
    const machine = this.#machines.get(id);
    if (machine) return machine.rebootByEc2();
    await sleep(DATABASE_REBOOT_MS);
    this.#cure(`database#${id}`, 'reboot');
    this.#acts.ended(`database#${id}`);
  }

  async grow(id: string): Promise<void> {
    await sleep(1_000);
    this.#acts.ended(`database#${id}`);
  }

  /** Puts one datapoint of every metric. */
  measure(metrics: MetricStore): void {
    const put = (symptom: SimulatedSymptom, kind: string, id: string) => {
      const { namespace, name, dimensions } = symptom.metric;
      const value = this.faults.has(`${kind}#${id}`, symptom) ? symptom.ill : symptom.well;
      metrics.put(namespace, name, dimensions(id), {
        atMs: Date.now(),
        sum: value,
        count: 1,
        min: value,
        max: value,
        values: [[value, 1]],
      });
    };
    for (const { id } of [...this.fleet, this.excluded]) {
      for (const symptom of Object.values(fleetSymptoms)) put(symptom, 'instance', id);
    }
    put(groupSymptom, 'auto-scaling-group', fixtures.group.name);
    put(databaseSymptom, 'database', fixtures.database.id);
  }

  #add(id: string, tags: Readonly<Record<string, string>>): SimulatedMachine {
    const machine = new SimulatedMachine(id, tags, {
      takes: () => between(this.#random, COMMAND_MS.from, COMMAND_MS.to),
      done: ({ id }, act) => {
        this.#cure(`instance#${id}`, act);
        this.#acts.ended(`instance#${id}`);
      },
    });
    this.#machines.set(id, machine);
    return machine;
  }

  /** A act may cure each of the target's symptoms, by the chance that the symptom gives it. */
  #cure(target: string, act: string): void {
    for (const fault of this.faults.present(target)) {
      const [, chance = 0] = Object.entries(fault.symptom.cures).find(([name]) => act.endsWith(name)) ?? [];
      if (this.#random() < chance) this.faults.end(fault, act);
    }
  }
}

/** An id as EC2 makes them: 17 hexadecimal digits. */
function instanceId(index: number): string {
  return `i-0c4a05${index.toString(16).padStart(11, '0')}`;
}

/** Tells the account of each command before it is carried out. */
export function tellingOf(
  account: SimulatedAccount,
  send: (parameters: Readonly<Record<string, unknown>>, upstream: Upstream) => Promise<Record<string, unknown>>,
) {
  return async (parameters: Readonly<Record<string, unknown>>, upstream: Upstream): Promise<Record<string, unknown>> => {
    for (const id of (parameters.InstanceIds ?? []) as readonly string[]) account.commanded(id, String(parameters.DocumentName));
    return send(parameters, upstream);
  };
}
